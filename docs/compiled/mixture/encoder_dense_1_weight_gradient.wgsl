// sum = Σ_k encoder_dense_1_gradient_add[k, column]
// product = Σ_k mixture_train_x[rows[k], row] · encoder_dense_1_gradient_add[k, column]
// encoder_dense_1_bias_gradient[column] = sum   [64]
// encoder_dense_1_weight_gradient[row, column] = product   [2, 64]
// encoder_dense_1_weight_gradient_2[row, column] = square(product)   [2, 64]
// encoder_dense_1_bias_gradient_2[column] = square(sum)   [64]

@group(0) @binding(1) var<storage, read>       encoder_dense_1_gradient_add : array<vec4f>;         // [200, 64]
@group(0) @binding(2) var<storage, read>       rows : array<u32>;                                   // [200]
@group(0) @binding(3) var<storage, read>       mixture_train_x : array<f32>;                        // [rows, 2]
@group(0) @binding(4) var<storage, read_write> encoder_dense_1_bias_gradient : array<vec4f>;        // [64]
@group(0) @binding(5) var<storage, read_write> encoder_dense_1_weight_gradient_out : array<vec4f>;  // [2, 64]
@group(0) @binding(6) var<storage, read_write> encoder_dense_1_weight_gradient_2 : array<vec4f>;    // [2, 64]
@group(0) @binding(7) var<storage, read_write> encoder_dense_1_bias_gradient_2 : array<vec4f>;      // [64]

const POINTS = 32u;
const COLUMNS4 = 16u;
const K = 200u;

@compute @workgroup_size(64)
fn encoder_dense_1_weight_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column4 = point % COLUMNS4;
  let row = point / COLUMNS4;
  var sum = vec4f();
  var product = vec4f();
  for (var k = 0u; k < K; k++) {
    let encoder_dense_1_gradient_add_here = encoder_dense_1_gradient_add[k * COLUMNS4 + column4];
    sum += encoder_dense_1_gradient_add_here;
    let rows_here = rows[k];
    let x = mixture_train_x[rows_here * 2u + row];
    product += x * encoder_dense_1_gradient_add_here;
  }
  if (row == 0u) {
    encoder_dense_1_bias_gradient[column4] = sum;
  }
  encoder_dense_1_weight_gradient_out[row * COLUMNS4 + column4] = product;
  encoder_dense_1_weight_gradient_2[row * COLUMNS4 + column4] = product * product;
  if (row == 0u) {
    encoder_dense_1_bias_gradient_2[column4] = sum * sum;
  }
}
