// gradient_sum[element] = Σ_i square(gradient[1168 element + i])   [8]

@group(0) @binding(1) var<storage, read>       gradient : array<vec4f>;        // [9344]
@group(0) @binding(2) var<storage, read_write> gradient_sum_out : array<f32>;  // [8]

const I = 1168u;
const I4 = 292u;

var<workgroup> of_lanes : array<f32, 64>;
var<workgroup> of_groups : array<f32, 8>;

@compute @workgroup_size(64)
fn gradient_sum(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element = group.x;
  var sum4 = vec4f();
  for (var i = lane * 4u; i < I; i += 256u) {
    let gradient_here = gradient[element * I4 + i / 4u];
    sum4 += gradient_here * gradient_here;
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
  if (lane == 0u) {
    gradient_sum_out[element] = sum;
  }
}
