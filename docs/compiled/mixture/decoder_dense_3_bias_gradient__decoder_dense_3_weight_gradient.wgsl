// sum = Σ_k decoder_dense_3__log_p_x_z_values[2 k + column]
// product = Σ_k decoder_dense_2[k, row] · decoder_dense_3_gradient[k, column]
// decoder_dense_3_bias_gradient[column] = neg(sum / softplus(noise[]) * 0.005 / softplus(noise[]))   [2]
// decoder_dense_3_weight_gradient[row, column] = product   [64, 2]
// decoder_dense_3_weight_gradient_square[row, column] = square(product)   [64, 2]
// decoder_dense_3_bias_gradient_square[column] = square(neg(sum / softplus(noise[]) * 0.005 / softplus(noise[])))
//     [2]

@group(0) @binding(1) var<storage, read>       decoder_dense_3__log_p_x_z_values : array<f32>;       // [600]
@group(0) @binding(2) var<storage, read>       decoder_dense_2 : array<f32>;                         // [200, 64]
@group(0) @binding(3) var<storage, read>       decoder_dense_3_gradient : array<f32>;                // [200, 2]
@group(0) @binding(4) var<storage, read>       noise : array<f32>;                                   // []
@group(0) @binding(5) var<storage, read_write> decoder_dense_3_bias_gradient : array<f32>;           // [2]
@group(0) @binding(6) var<storage, read_write> decoder_dense_3_weight_gradient : array<f32>;         // [64, 2]
@group(0) @binding(7) var<storage, read_write> decoder_dense_3_weight_gradient_square : array<f32>;  // [64, 2]
@group(0) @binding(8) var<storage, read_write> decoder_dense_3_bias_gradient_square : array<f32>;    // [2]

const K = 200u;
const ROWS = 64u;

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), without overflow
fn softplus(x : f32) -> f32 {
  let e = exp(-abs(x));
  let t = e / (2.0 + e);
  let t2 = t * t;
  let twice = 2.0 * t;
  return max(x, 0.0) + fma(twice * t2,
      fma(fma(fma(0x1.1ef874p-3, t2, 0x1.1eb61p-3), t2, 0x1.99d27cp-3), t2, 0x1.5555p-2), twice);
}

@compute @workgroup_size(64)
fn decoder_dense_3_bias_gradient__decoder_dense_3_weight_gradient(
  @builtin(workgroup_id) group : vec3u,
  @builtin(local_invocation_index) lane : u32,
) {
  let point = group.x * 64u + lane;
  let column = point % 2u;
  let row = point / 2u;
  var sum = 0.0;
  var product = 0.0;
  for (var k = 0u; k < K; k++) {
    let values = decoder_dense_3__log_p_x_z_values[k * 2u + column];
    sum += values;
    let decoder_dense_2_here = decoder_dense_2[k * ROWS + row];
    let gradient = decoder_dense_3_gradient[k * 2u + column];
    product += decoder_dense_2_here * gradient;
  }
  let noise_here = noise[0u];
  let softplus_value = softplus(noise_here);
  let negative = -(sum / softplus_value * 0x1.47ae14p-8 / softplus_value);
  if (row == 0u) {
    decoder_dense_3_bias_gradient[column] = negative;
  }
  decoder_dense_3_weight_gradient[row * 2u + column] = product;
  decoder_dense_3_weight_gradient_square[row * 2u + column] = product * product;
  if (row == 0u) {
    decoder_dense_3_bias_gradient_square[column] = negative * negative;
  }
}
