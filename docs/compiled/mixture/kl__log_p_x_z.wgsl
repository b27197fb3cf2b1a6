// report_1[element] = Σ log_p_x_z_partial[element, 0] - (Σ encoder_dense_3_sum_partial[element, 0]) * 0.5   [128]

@group(0) @binding(1) var<storage, read>       log_p_x_z_partial : array<vec4f>;            // [128, 1]
@group(0) @binding(2) var<storage, read>       encoder_dense_3_sum_partial : array<vec4f>;  // [128, 1]
@group(0) @binding(3) var<storage, read_write> report_1 : array<vec4f>;                     // [128]

const ELEMENTS4 = 32u;

@compute @workgroup_size(64)
fn kl__log_p_x_z(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element4 = group.x * 64u + lane;
  if (element4 >= ELEMENTS4) { return; }
  let partial = log_p_x_z_partial[element4];
  let partial2 = encoder_dense_3_sum_partial[element4];
  report_1[element4] = partial - partial2 * 0.5;
}
