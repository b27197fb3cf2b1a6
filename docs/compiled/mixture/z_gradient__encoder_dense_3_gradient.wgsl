// product = Σ_k decoder_dense_1_gradient_add[row, k] · decoder_dense_1_weight[column, k]
// encoder_dense_4_gradient[row, column] = expm1(encoder_dense_3__z_values[2 row + column]) * 0.0025 + product *
//     encoder_dense_3__z_values[2 row + column + 400] * exp(encoder_dense_3__z_values[2 row + column] * 0.5) * 0.5
//     [200, 2]
// encoder_dense_3_gradient[row, column] = product + encoder_dense_3__z_values[2 row + column + 800]   [200, 2]

@group(0) @binding(1) var<storage, read_write> decoder_dense_1_gradient_add : array<vec4f>;  // [200, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_1_weight : array<vec4f>;        // [2, 64]
@group(0) @binding(3) var<storage, read_write> encoder_dense_3__z_values : array<f32>;       // [1400]
@group(0) @binding(4) var<storage, read_write> encoder_dense_4_gradient : array<f32>;        // [200, 2]
@group(0) @binding(5) var<storage, read_write> encoder_dense_3_gradient : array<f32>;        // [200, 2]

const POINTS = 400u;
const K = 64u;
const K4 = 16u;

// exp(x) - 1, accurate near 0
fn expm1(x : f32) -> f32 {
  let is_near = abs(x) < 0x1.4cccccp-1;
  let near = select(0.0, x, is_near);
  let series = fma(near * near,
      fma(fma(fma(fma(fma(fma(0x1.a5aa2ap-16, near, 0x1.a5931ap-13), near, 0x1.6c0ddp-10), near, 0x1.110ad6p-7), near,
      0x1.55556p-5), near, 0x1.55555ep-3), near, 0.5), near);
  return select(exp(x) - 1.0, series, is_near);
}

@compute @workgroup_size(64)
fn z_gradient__encoder_dense_3_gradient(
  @builtin(workgroup_id) group : vec3u,
  @builtin(local_invocation_index) lane : u32,
) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column = point % 2u;
  let row = point / 2u;
  var product4 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
    let decoder_dense_1_gradient_add_here = decoder_dense_1_gradient_add[row * K4 + k / 4u];
    let weight = decoder_dense_1_weight[column * K4 + k / 4u];
    product4 += decoder_dense_1_gradient_add_here * weight;
  }
  let product = product4.x + product4.y + (product4.z + product4.w);
  let values = encoder_dense_3__z_values[row * 2u + column];
  let values2 = encoder_dense_3__z_values[row * 2u + column + 400u];
  let total = expm1(values) * 0x1.47ae14p-9 + product * values2 * exp(values * 0.5) * 0.5;
  let values3 = encoder_dense_3__z_values[row * 2u + column + 800u];
  encoder_dense_4_gradient[row * 2u + column] = total;
  encoder_dense_3_gradient[row * 2u + column] = product + values3;
}
