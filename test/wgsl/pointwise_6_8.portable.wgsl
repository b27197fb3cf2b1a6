// y[row, column] = softplus(x[row, column] * scale[row] + bias[column])   [6, 8]
// z[row, column] = beta * exp(x[row, column] * scale[row] + bias[column])   [6, 8]

struct Scalars {
  beta : f32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read>       x : array<vec4f>;     // [6, 8]
@group(0) @binding(2) var<storage, read>       scale : array<f32>;   // [6]
@group(0) @binding(3) var<storage, read>       bias : array<vec4f>;  // [8]
@group(0) @binding(4) var<storage, read_write> y : array<vec4f>;     // [6, 8]
@group(0) @binding(5) var<storage, read_write> z : array<vec4f>;     // [6, 8]

const POINTS = 12u;

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), without overflow
fn softplus_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  let t = e / (2.0 + e);
  let t2 = t * t;
  let twice = 2.0 * t;
  return max(x, vec4f()) + fma(twice * t2,
      fma(fma(fma(vec4f(0x1.1ef874p-3), t2, vec4f(0x1.1eb61p-3)), t2, vec4f(0x1.99d27cp-3)), t2, vec4f(0x1.5555p-2)),
      twice);
}

@compute @workgroup_size(64)
fn pointwise_6_8(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column4 = point % 2u;
  let row = point / 2u;
  let x_here = x[row * 2u + column4];
  let scale_here = scale[row];
  let bias_here = bias[column4];
  let total = x_here * scale_here + bias_here;
  y[row * 2u + column4] = softplus_vec4(total);
  z[row * 2u + column4] = scalars.beta * exp(total);
}
