// report_1[element] = Σ log_p_x_z_partial[element, 0] - (Σ_i (square(collected_1[element, i]) +
//     (expm1(encoder_dense_3__z_values[2 element + i]) - encoder_dense_3__z_values[2 element + i]))) * 0.5   [81]

@group(0) @binding(1) var<storage, read>       log_p_x_z_partial : array<f32>;          // [81, 1]
@group(0) @binding(2) var<storage, read_write> collected_1 : array<f32>;                // [81, 2]
@group(0) @binding(3) var<storage, read>       encoder_dense_3__z_values : array<f32>;  // [492]
@group(0) @binding(4) var<storage, read_write> report_1 : array<f32>;                   // [81]

const ELEMENTS = 81u;

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
fn kl__log_p_x_z__evaluate(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element = group.x * 64u + lane;
  if (element >= ELEMENTS) { return; }
  let partial = log_p_x_z_partial[element];
  var sum_2 = 0.0;
  for (var i = 0u; i < 2u; i++) {
    let collected_1_here = collected_1[element * 2u + i];
    let values = encoder_dense_3__z_values[element * 2u + i];
    sum_2 += collected_1_here * collected_1_here + (expm1(values) - values);
  }
  report_1[element] = partial - sum_2 * 0.5;
}
