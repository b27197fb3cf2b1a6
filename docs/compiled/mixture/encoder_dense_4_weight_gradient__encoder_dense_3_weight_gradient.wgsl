// sum = Σ_k encoder_dense_4_gradient[k, column]
// product = Σ_k encoder_dense_2[k, row] · encoder_dense_4_gradient[k, column]
// sum_2 = Σ_k encoder_dense_3_gradient[k, column]
// product_2 = Σ_k encoder_dense_2[k, row] · encoder_dense_3_gradient[k, column]
// gradient[column + 4672] = sum   [9344]
// gradient[2 row + column + 4544] = product   [9344]
// gradient[column + 4480] = sum_2   [9344]
// gradient[2 row + column + 4352] = product_2   [9344]
// gradient_parts[2 row + column + 384] = square(product_2)   [1408]
// gradient_parts[column + 512] = square(sum_2)   [1408]
// gradient_parts[2 row + column + 576] = square(product)   [1408]
// gradient_parts[column + 704] = square(sum)   [1408]

@group(0) @binding(1) var<storage, read>       encoder_dense_4_gradient : array<f32>;  // [200, 2]
@group(0) @binding(2) var<storage, read>       encoder_dense_2 : array<f32>;           // [200, 64]
@group(0) @binding(3) var<storage, read>       encoder_dense_3_gradient : array<f32>;  // [200, 2]
@group(0) @binding(4) var<storage, read_write> gradient : array<f32>;                  // [9344]
@group(0) @binding(5) var<storage, read_write> gradient_parts : array<f32>;            // [1408]

const K = 200u;
const ROWS = 64u;

@compute @workgroup_size(64)
fn encoder_dense_4_weight_gradient__encoder_dense_3_weight_gradient(
  @builtin(workgroup_id) group : vec3u,
  @builtin(local_invocation_index) lane : u32,
) {
  let point = group.x * 64u + lane;
  let column = point % 2u;
  let row = point / 2u;
  var sum = 0.0;
  var product = 0.0;
  var sum_2 = 0.0;
  var product_2 = 0.0;
  for (var k = 0u; k < K; k++) {
    let gradient2 = encoder_dense_4_gradient[k * 2u + column];
    sum += gradient2;
    let encoder_dense_2_here = encoder_dense_2[k * ROWS + row];
    product += encoder_dense_2_here * gradient2;
    let gradient3 = encoder_dense_3_gradient[k * 2u + column];
    sum_2 += gradient3;
    product_2 += encoder_dense_2_here * gradient3;
  }
  if (row == 0u) {
    gradient[column + 4672u] = sum;
  }
  gradient[row * 2u + column + 4544u] = product;
  if (row == 0u) {
    gradient[column + 4480u] = sum_2;
  }
  gradient[row * 2u + column + 4352u] = product_2;
  gradient_parts[row * 2u + column + 384u] = product_2 * product_2;
  if (row == 0u) {
    gradient_parts[column + 512u] = sum_2 * sum_2;
  }
  gradient_parts[row * 2u + column + 576u] = product * product;
  if (row == 0u) {
    gradient_parts[column + 704u] = sum * sum;
  }
}
