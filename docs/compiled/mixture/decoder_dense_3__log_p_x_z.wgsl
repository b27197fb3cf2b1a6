// product = Σ_k decoder_dense_2[row, k] · decoder_dense_3_weight[k, column]
// decoder_dense_3__log_p_x_z_values[2 row + column] = mixture_train_x[rows[row], column] - (product +
//     decoder_dense_3_bias[column])   [600]
// decoder_dense_3_gradient[row, column] = neg((mixture_train_x[rows[row], column] - (product +
//     decoder_dense_3_bias[column])) / softplus(noise[]) * 0.005 / softplus(noise[]))   [200, 2]
// decoder_dense_3__log_p_x_z_values[column + row + 400] Σ of 32 columns = square((mixture_train_x[rows[row], column]
//     - (product + decoder_dense_3_bias[column])) / softplus(noise[])) * -0.5 - (log(softplus(noise[])) + 0.9189385)
//     [600]

@group(0) @binding(1) var<storage, read_write> decoder_dense_2 : array<f32>;                    // [200, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_3_weight : array<f32>;             // [64, 2]
@group(0) @binding(3) var<storage, read_write> rows : array<u32>;                               // [200]
@group(0) @binding(4) var<storage, read>       mixture_train_x : array<f32>;                    // [rows, 2]
@group(0) @binding(5) var<storage, read>       decoder_dense_3_bias : array<f32>;               // [2]
@group(0) @binding(6) var<storage, read>       noise : array<f32>;                              // []
@group(0) @binding(7) var<storage, read_write> decoder_dense_3__log_p_x_z_values : array<f32>;  // [600]
@group(0) @binding(8) var<storage, read_write> decoder_dense_3_gradient : array<f32>;           // [200, 2]

const POINTS = 200u;
const K = 64u;

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
fn decoder_dense_3__log_p_x_z(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  var decoder_dense_3__log_p_x_z_values_part = 0.0;
  let end = min(32u, 2u);
  let rows_here = rows[point];
  let noise_here = noise[0u];
  let softplus_value = softplus(noise_here);
  for (var column = 0u; column < end; column++) {
    var product = 0.0;
    for (var k = 0u; k < K; k++) {
      let decoder_dense_2_here = decoder_dense_2[point * K + k];
      let weight = decoder_dense_3_weight[k * 2u + column];
      product += decoder_dense_2_here * weight;
    }
    let x = mixture_train_x[rows_here * 2u + column];
    let bias = decoder_dense_3_bias[column];
    let difference = x - (product + bias);
    let ratio = difference / softplus_value;
    decoder_dense_3__log_p_x_z_values[point * 2u + column] = difference;
    decoder_dense_3_gradient[point * 2u + column] = -(ratio * 0x1.47ae14p-8 / softplus_value);
    decoder_dense_3__log_p_x_z_values_part += ratio * ratio * -0.5 - (log(softplus_value) + 0x1.d67f1cp-1);
  }
  decoder_dense_3__log_p_x_z_values[point + 400u] = decoder_dense_3__log_p_x_z_values_part;
}
