// top = max x[row, j]
// total = Σ exp(x[row, j] - top)
// y[row, j] = exp(x[row, j] - top) / total   [2, 600]
// logsumexp[row] = top + log(total)   [2]

@group(0) @binding(1) var<storage, read>       x : array<vec4f>;        // [2, 600]
@group(0) @binding(2) var<storage, read_write> y : array<vec4f>;        // [2, 600]
@group(0) @binding(3) var<storage, read_write> logsumexp : array<f32>;  // [2]

const J = 600u;
const J4 = 150u;

var<workgroup> of_lanes : array<f32, 64>;
var<workgroup> of_groups : array<f32, 8>;

@compute @workgroup_size(64)
fn softmax_2_600(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let row = group.x;
  var top4 = vec4f(-0x1.fffffep+127);
  for (var j = lane * 4u; j < J; j += 256u) {
    let x_here = x[row * J4 + j / 4u];
    top4 = max(top4, x_here);
  }
  let top_of_lane = max(max(top4.x, top4.y), max(top4.z, top4.w));
  of_lanes[lane] = top_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var top_of_group = -0x1.fffffep+127;
    for (var i = 0u; i < 8u; i++) {
      top_of_group = max(top_of_group, of_lanes[lane * 8u + i]);
    }
    of_groups[lane] = top_of_group;
  }
  workgroupBarrier();
  var top = -0x1.fffffep+127;
  for (var i = 0u; i < 8u; i++) {
    top = max(top, of_groups[i]);
  }
  var total4 = vec4f();
  for (var j = lane * 4u; j < J; j += 256u) {
    let x_here = x[row * J4 + j / 4u];
    let exponential = exp(x_here - top);
    total4 += exponential;
  }
  let total_of_lane = total4.x + total4.y + (total4.z + total4.w);
  of_lanes[lane] = total_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var total_of_group = 0.0;
    for (var i = 0u; i < 8u; i++) {
      total_of_group += of_lanes[lane * 8u + i];
    }
    of_groups[lane] = total_of_group;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < 8u; i++) {
    total += of_groups[i];
  }
  for (var j = lane * 4u; j < J; j += 256u) {
    let x_here = x[row * J4 + j / 4u];
    let exponential = exp(x_here - top);
    y[row * J4 + j / 4u] = exponential / total;
  }
  if (lane == 0u) {
    logsumexp[row] = top + log(total);
  }
}
