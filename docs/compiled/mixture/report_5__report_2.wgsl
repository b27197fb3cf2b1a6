// largest = max_i log_p_x_z_sub[element, i]
// sum = Σ_i exp(log_p_x_z_sub[element, i] - largest)
// report_5[element] = exp((largest + log(sum)) * 2 - (max_i log_p_x_z_sub[element, i] * 2 + log(Σ_i
//     exp(log_p_x_z_sub[element, i] * 2 - max_i log_p_x_z_sub[element, i] * 2))))   [81]
// report_2[element] = largest + log(sum) - 4.60517   [81]

@group(0) @binding(1) var<storage, read>       log_p_x_z_sub : array<vec4f>;  // [81, 100]
@group(0) @binding(2) var<storage, read_write> report_5 : array<f32>;         // [81]
@group(0) @binding(3) var<storage, read_write> report_2 : array<f32>;         // [81]

const ELEMENTS = 81u;
const I = 100u;
const I4 = 25u;

@compute @workgroup_size(64)
fn report_5__report_2(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element = group.x * 64u + lane;
  if (element >= ELEMENTS) { return; }
  var largest4 = vec4f(-0x1.fffffep+127);
  var largest_2_4 = vec4f(-0x1.fffffep+127);
  for (var i = 0u; i < I; i += 4u) {
    let log_p_x_z_sub_here = log_p_x_z_sub[element * I4 + i / 4u];
    largest4 = max(largest4, log_p_x_z_sub_here);
    largest_2_4 = max(largest_2_4, log_p_x_z_sub_here * 2.0);
  }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  let largest_2 = max(max(largest_2_4.x, largest_2_4.y), max(largest_2_4.z, largest_2_4.w));
  var sum4 = vec4f();
  var sum_2_4 = vec4f();
  for (var i = 0u; i < I; i += 4u) {
    let log_p_x_z_sub_here = log_p_x_z_sub[element * I4 + i / 4u];
    sum4 += exp(log_p_x_z_sub_here - largest);
    sum_2_4 += exp(log_p_x_z_sub_here * 2.0 - largest_2);
  }
  let sum = sum4.x + sum4.y + (sum4.z + sum4.w);
  let sum_2 = sum_2_4.x + sum_2_4.y + (sum_2_4.z + sum_2_4.w);
  let total = largest + log(sum);
  report_5[element] = exp(total * 2.0 - (largest_2 + log(sum_2)));
  report_2[element] = total - 0x1.26bb1cp+2;
}
