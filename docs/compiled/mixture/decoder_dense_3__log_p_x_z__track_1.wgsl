// log_p_x_z_partial[column + row] Σ of 32 columns = square((mixture_test_x[min(first + row, rows - 1), column] -
//     (Σ_k decoder_dense_2[row, k] · decoder_dense_3_weight[k, column] + decoder_dense_3_bias[column])) /
//     softplus(noise[])) * -0.5 - (log(softplus(noise[])) + 0.9189385)   [128, 1]

struct Scalars {
  first : u32,
  rows : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read_write> decoder_dense_2 : array<f32>;         // [128, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_3_weight : array<f32>;  // [64, 2]
@group(0) @binding(3) var<storage, read>       mixture_test_x : array<f32>;          // [rows, 2]
@group(0) @binding(4) var<storage, read>       decoder_dense_3_bias : array<f32>;    // [2]
@group(0) @binding(5) var<storage, read>       noise : array<f32>;                   // []
@group(0) @binding(6) var<storage, read_write> log_p_x_z_partial : array<f32>;       // [128, 1]

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
fn decoder_dense_3__log_p_x_z__track_1(
  @builtin(workgroup_id) group : vec3u,
  @builtin(local_invocation_index) lane : u32,
) {
  let point = group.x * 64u + lane;
  var log_p_x_z_partial_part = 0.0;
  let end = min(32u, 2u);
  let noise_here = noise[0u];
  let softplus_value = softplus(noise_here);
  for (var column = 0u; column < end; column++) {
    var product = 0.0;
    for (var k = 0u; k < K; k++) {
      let decoder_dense_2_here = decoder_dense_2[point * K + k];
      let weight = decoder_dense_3_weight[k * 2u + column];
      product += decoder_dense_2_here * weight;
    }
    let x = mixture_test_x[min(scalars.first + point, scalars.rows - 1u) * 2u + column];
    let bias = decoder_dense_3_bias[column];
    let value = (x - (product + bias)) / softplus_value;
    log_p_x_z_partial_part += value * value * -0.5 - (log(softplus_value) + 0x1.d67f1cp-1);
  }
  log_p_x_z_partial[point] = log_p_x_z_partial_part;
}
