// sum = Σ_i square(decoder_dense_3__log_p_x_z_values[i] / softplus(noise[]))
// noise_gradient[] = (2 - sum * 0.005) / softplus(noise[]) * sigmoid(noise[])   []
// noise_gradient_square[] = square((2 - sum * 0.005) / softplus(noise[]) * sigmoid(noise[]))   []

@group(0) @binding(1) var<storage, read>       decoder_dense_3__log_p_x_z_values : array<vec4f>;  // [600]
@group(0) @binding(2) var<storage, read>       noise : array<f32>;                                // []
@group(0) @binding(3) var<storage, read_write> noise_gradient_out : array<f32>;                   // []
@group(0) @binding(4) var<storage, read_write> noise_gradient_square : array<f32>;                // []

const I = 400u;

var<workgroup> of_lanes : array<f32, 64>;
var<workgroup> of_groups : array<f32, 8>;

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), without overflow
fn softplus(x : f32) -> f32 {
  let e = exp(-abs(x));
  let t = e / (2.0 + e);
  let t2 = t * t;
  let twice = 2.0 * t;
  return max(x, 0.0) + fma(twice * t2,
      fma(fma(fma(0x1.1ef874p-3, t2, 0x1.1eb61p-3), t2, 0x1.99d27cp-3), t2, 0x1.5555p-2), twice);
}

// 1 / (1 + exp(-x)), without overflow
fn sigmoid(x : f32) -> f32 {
  let e = exp(-abs(x));
  return select(1.0, e, x < 0.0) / (1.0 + e);
}

@compute @workgroup_size(64)
fn noise_gradient(@builtin(local_invocation_index) lane : u32) {
  var sum4 = vec4f();
  let noise_here = noise[0u];
  let softplus_value = softplus(noise_here);
  for (var i = lane * 4u; i < I; i += 256u) {
    let values = decoder_dense_3__log_p_x_z_values[i / 4u];
    let value = values / softplus_value;
    sum4 += value * value;
  }
  let sum_of_lane = sum4.x + sum4.y + (sum4.z + sum4.w);
  of_lanes[lane] = sum_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_of_group = 0.0;
    for (var i = 0u; i < 8u; i++) {
      sum_of_group += of_lanes[lane * 8u + i];
    }
    of_groups[lane] = sum_of_group;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < 8u; i++) {
    sum += of_groups[i];
  }
  let product = (2.0 - sum * 0x1.47ae14p-8) / softplus_value * sigmoid(noise_here);
  if (lane == 0u) {
    noise_gradient_out[0u] = product;
    noise_gradient_square[0u] = product * product;
  }
}
