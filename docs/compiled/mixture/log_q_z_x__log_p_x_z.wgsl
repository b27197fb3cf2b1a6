// log_p_x_z_sub[row, column] = Σ decoder_dense_3_sum_partial[100 row + column, 0] + Σ_i (square(collected_1[row, i]
//     + encoder_dense_3__z_values[2 row + i + 164] * step_standard_normal[row, column, i]) * -0.5 - 0.9189385) - Σ_i
//     (square(step_standard_normal[row, column, i]) * -0.5 - (encoder_dense_3__z_values[2 row + i] * 0.5 +
//     0.9189385))   [81, 100]

@group(0) @binding(1) var<storage, read_write> decoder_dense_3_sum_partial : array<f32>;  // [8100, 1]
@group(0) @binding(2) var<storage, read>       collected_1 : array<f32>;                  // [81, 2]
@group(0) @binding(3) var<storage, read_write> encoder_dense_3__z_values : array<f32>;    // [492]
@group(0) @binding(4) var<storage, read_write> step_standard_normal : array<f32>;         // [81, 100, 2]
@group(0) @binding(5) var<storage, read_write> log_p_x_z_sub : array<f32>;                // [81, 100]

const POINTS = 8100u;
const COLUMNS = 100u;

@compute @workgroup_size(64)
fn log_q_z_x__log_p_x_z(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column = point % COLUMNS;
  let row = point / COLUMNS;
  let partial = decoder_dense_3_sum_partial[row * COLUMNS + column];
  var sum_2 = 0.0;
  var sum_3 = 0.0;
  for (var i = 0u; i < 2u; i++) {
    let collected_1_here = collected_1[row * 2u + i];
    let values = encoder_dense_3__z_values[row * 2u + i + 164u];
    let normal = step_standard_normal[(row * COLUMNS + column) * 2u + i];
    let value = collected_1_here + values * normal;
    sum_2 += value * value * -0.5 - 0x1.d67f1cp-1;
    let values2 = encoder_dense_3__z_values[row * 2u + i];
    sum_3 += normal * normal * -0.5 - (values2 * 0.5 + 0x1.d67f1cp-1);
  }
  log_p_x_z_sub[row * COLUMNS + column] = partial + sum_2 - sum_3;
}
