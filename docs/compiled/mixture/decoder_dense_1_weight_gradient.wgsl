// sum = Σ_k decoder_dense_1_gradient_add[k, column]
// product = Σ_k z[k, row] · decoder_dense_1_gradient_add[k, column]
// decoder_dense_1_bias_gradient[column] = sum   [64]
// decoder_dense_1_weight_gradient[row, column] = product   [2, 64]
// decoder_dense_1_weight_gradient_square[row, column] = square(product)   [2, 64]
// decoder_dense_1_bias_gradient_square[column] = square(sum)   [64]

@group(0) @binding(1) var<storage, read>       decoder_dense_1_gradient_add : array<vec4f>;            // [200, 64]
@group(0) @binding(2) var<storage, read>       z : array<f32>;                                         // [200, 2]
@group(0) @binding(3) var<storage, read_write> decoder_dense_1_bias_gradient : array<vec4f>;           // [64]
@group(0) @binding(4) var<storage, read_write> decoder_dense_1_weight_gradient_out : array<vec4f>;     // [2, 64]
@group(0) @binding(5) var<storage, read_write> decoder_dense_1_weight_gradient_square : array<vec4f>;  // [2, 64]
@group(0) @binding(6) var<storage, read_write> decoder_dense_1_bias_gradient_square : array<vec4f>;    // [64]

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
  decoder_dense_1_weight_gradient_square[row * COLUMNS4 + column4] = product * product;
  if (row == 0u) {
    decoder_dense_1_bias_gradient_square[column4] = sum * sum;
  }
}
