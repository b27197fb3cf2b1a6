// decoder_dense_3_sum_partial[column + row] Σ of 32 columns = square((mixture_test_x[min(first + ⌊row / 100⌋, rows -
//     1), column] - (Σ_k decoder_dense_2[64 row + k] · decoder_dense_3_weight[k, column] +
//     decoder_dense_3_bias[column])) / noise_softplus[]) * -0.5 - noise_add[]   [8100, 1]

struct Scalars {
  first : u32,
  rows : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read_write> decoder_dense_2 : array<f32>;              // [81, 100, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_3_weight : array<f32>;       // [64, 2]
@group(0) @binding(3) var<storage, read>       mixture_test_x : array<f32>;               // [rows, 2]
@group(0) @binding(4) var<storage, read>       decoder_dense_3_bias : array<f32>;         // [2]
@group(0) @binding(5) var<storage, read_write> noise_softplus : array<f32>;               // []
@group(0) @binding(6) var<storage, read_write> noise_add : array<f32>;                    // []
@group(0) @binding(7) var<storage, read_write> decoder_dense_3_sum_partial : array<f32>;  // [8100, 1]

const POINTS = 8100u;
const K = 64u;

@compute @workgroup_size(64)
fn decoder_dense_3(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  var decoder_dense_3_sum_partial_part = 0.0;
  let end = min(32u, 2u);
  let softplus = noise_softplus[0u];
  let noise_add_here = noise_add[0u];
  for (var column = 0u; column < end; column++) {
    var product = 0.0;
    for (var k = 0u; k < K; k++) {
      let decoder_dense_2_here = decoder_dense_2[point * K + k];
      let weight = decoder_dense_3_weight[k * 2u + column];
      product += decoder_dense_2_here * weight;
    }
    let x = mixture_test_x[min(scalars.first + point / 100u, scalars.rows - 1u) * 2u + column];
    let bias = decoder_dense_3_bias[column];
    let value = (x - (product + bias)) / softplus;
    decoder_dense_3_sum_partial_part += value * value * -0.5 - noise_add_here;
  }
  decoder_dense_3_sum_partial[point] = decoder_dense_3_sum_partial_part;
}
