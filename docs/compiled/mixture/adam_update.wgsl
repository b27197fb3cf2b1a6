// adam_v[element] = select(step_eq[], adam_v[element] * 0.999 + adam_one_minus_beta2 * square(gradient[element]),
//     adam_v[element])   [9344]
// adam_m[element] = select(step_eq[], adam_m[element] * 0.9 + adam_one_minus_beta1 * gradient[element],
//     adam_m[element])   [9344]
// parameters[element] = select(step_eq[], parameters[element] - adam_step_size * ((adam_m[element] * 0.9 +
//     adam_one_minus_beta1 * gradient[element]) / (sqrt(adam_v[element] * 0.999 + adam_one_minus_beta2 *
//     square(gradient[element])) / adam_root_correction + 1e-8)), parameters[element])   [9344]

struct Scalars {
  adam_one_minus_beta2 : f32,
  adam_one_minus_beta1 : f32,
  adam_step_size : f32,
  adam_root_correction : f32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read>       step_eq : array<u32>;       // []
@group(0) @binding(2) var<storage, read>       gradient : array<vec4f>;    // [9344]
@group(0) @binding(3) var<storage, read_write> adam_v : array<vec4f>;      // [9344]
@group(0) @binding(4) var<storage, read_write> adam_m : array<vec4f>;      // [9344]
@group(0) @binding(5) var<storage, read_write> parameters : array<vec4f>;  // [9344]

const ELEMENTS4 = 2336u;

@compute @workgroup_size(64)
fn adam_update(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element4 = group.x * 64u + lane;
  if (element4 >= ELEMENTS4) { return; }
  let step_eq_here = step_eq[0u];
  let v = adam_v[element4];
  let gradient_here = gradient[element4];
  let total = v * 0x1.ff7ceep-1 + scalars.adam_one_minus_beta2 * (gradient_here * gradient_here);
  let m = adam_m[element4];
  let total2 = m * 0x1.ccccccp-1 + scalars.adam_one_minus_beta1 * gradient_here;
  let parameters_here = parameters[element4];
  let product = scalars.adam_step_size * (total2 / (sqrt(total) / scalars.adam_root_correction + 0x1.5798eep-27));
  adam_v[element4] = select(v, total, vec4<bool>(step_eq_here != 0u));
  adam_m[element4] = select(m, total2, vec4<bool>(step_eq_here != 0u));
  parameters[element4] = select(parameters_here, parameters_here - product, vec4<bool>(step_eq_here != 0u));
}
