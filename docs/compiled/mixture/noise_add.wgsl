// noise_softplus[] = softplus(noise[])   []
// noise_add[] = log(softplus(noise[])) + 0.9189385   []

@group(0) @binding(1) var<storage, read>       noise : array<f32>;           // []
@group(0) @binding(2) var<storage, read_write> noise_softplus : array<f32>;  // []
@group(0) @binding(3) var<storage, read_write> noise_add_out : array<f32>;   // []

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
fn noise_add(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  if (group.x * 64u + lane >= 1u) { return; }
  let noise_here = noise[0u];
  let softplus_value = softplus(noise_here);
  noise_softplus[0u] = softplus_value;
  noise_add_out[0u] = log(softplus_value) + 0x1.d67f1cp-1;
}
