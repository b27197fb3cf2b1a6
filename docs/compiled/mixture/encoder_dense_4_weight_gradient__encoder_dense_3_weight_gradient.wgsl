// encoder_dense_4_bias_gradient[column] = Σ_k encoder_dense_4_gradient[k, column]   [2]
// encoder_dense_4_weight_gradient[row, column] = Σ_k encoder_dense_2[k, row] · encoder_dense_4_gradient[k, column]
//     [64, 2]
// encoder_dense_3_bias_gradient[column] = Σ_k encoder_dense_3_gradient[k, column]   [2]
// encoder_dense_3_weight_gradient[row, column] = Σ_k encoder_dense_2[k, row] · encoder_dense_3_gradient[k, column]
//     [64, 2]

@group(0) @binding(1) var<storage, read>       encoder_dense_4_gradient : array<f32>;         // [200, 2]
@group(0) @binding(2) var<storage, read>       encoder_dense_2 : array<f32>;                  // [200, 64]
@group(0) @binding(3) var<storage, read>       encoder_dense_3_gradient : array<f32>;         // [200, 2]
@group(0) @binding(4) var<storage, read_write> encoder_dense_4_bias_gradient : array<f32>;    // [2]
@group(0) @binding(5) var<storage, read_write> encoder_dense_4_weight_gradient : array<f32>;  // [64, 2]
@group(0) @binding(6) var<storage, read_write> encoder_dense_3_bias_gradient : array<f32>;    // [2]
@group(0) @binding(7) var<storage, read_write> encoder_dense_3_weight_gradient : array<f32>;  // [64, 2]

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
    let gradient = encoder_dense_4_gradient[k * 2u + column];
    sum += gradient;
    let encoder_dense_2_here = encoder_dense_2[k * ROWS + row];
    product += encoder_dense_2_here * gradient;
    let gradient2 = encoder_dense_3_gradient[k * 2u + column];
    sum_2 += gradient2;
    product_2 += encoder_dense_2_here * gradient2;
  }
  if (row == 0u) {
    encoder_dense_4_bias_gradient[column] = sum;
  }
  encoder_dense_4_weight_gradient[row * 2u + column] = product;
  if (row == 0u) {
    encoder_dense_3_bias_gradient[column] = sum_2;
  }
  encoder_dense_3_weight_gradient[row * 2u + column] = product_2;
}
