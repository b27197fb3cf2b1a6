// sum = Σ_k decoder_dense_1_gradient_add[k, column]
// product = Σ_k z[k, row] · decoder_dense_1_gradient_add[k, column]
// decoder_dense_1_bias_gradient[column] = sum   [64]
// decoder_dense_1_weight_gradient[row, column] = product   [2, 64]
// gradient_parts[64 row + column + 644] = square(product)   [1160]
// gradient_parts[column + 772] = square(sum)   [1160]

@group(0) @binding(1) var<storage, read>       decoder_dense_1_gradient_add : array<vec4f>;         // [200, 64]
@group(0) @binding(2) var<storage, read>       z : array<f32>;                                      // [200, 2]
@group(0) @binding(3) var<storage, read_write> decoder_dense_1_bias_gradient : array<vec4f>;        // [64]
@group(0) @binding(4) var<storage, read_write> decoder_dense_1_weight_gradient_out : array<vec4f>;  // [2, 64]
@group(0) @binding(5) var<storage, read_write> gradient_parts : array<vec4f>;                       // [1160]

const POINTS = 32u;
const COLUMNS4 = 16u;
const K = 200u;

@compute @workgroup_size(64)
fn decoder_dense_1_weight_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column4 = point % COLUMNS4;
  let row = point / COLUMNS4;
  var sum = vec4f();
  var product = vec4f();
  for (var k = 0u; k < K; k++) {
    let decoder_dense_1_gradient_add_here = decoder_dense_1_gradient_add[k * COLUMNS4 + column4];
    sum += decoder_dense_1_gradient_add_here;
    let z_here = z[k * 2u + row];
    product += z_here * decoder_dense_1_gradient_add_here;
  }
  if (row == 0u) {
    decoder_dense_1_bias_gradient[column4] = sum;
  }
  decoder_dense_1_weight_gradient_out[row * COLUMNS4 + column4] = product;
  gradient_parts[row * COLUMNS4 + column4 + 161u] = product * product;
  if (row == 0u) {
    gradient_parts[column4 + 193u] = sum * sum;
  }
}
