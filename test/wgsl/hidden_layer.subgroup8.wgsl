// h[row, column] = relu(Σ_k x[row, k] · w[k, column] + bias[column])   [16, 32]

enable subgroups;

@group(0) @binding(1) var<storage, read>       x : array<vec4f>;     // [16, 8]
@group(0) @binding(2) var<storage, read>       w : array<vec4f>;     // [8, 32]
@group(0) @binding(3) var<storage, read>       bias : array<vec4f>;  // [32]
@group(0) @binding(4) var<storage, read_write> h : array<vec4f>;     // [16, 32]

const K = 8u;
const COLUMNS4 = 8u;

@compute @workgroup_size(8)
fn hidden_layer(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = group.y * 4u;
  let column4 = group.x * 8u + lane;
  // 4 rows by 32 columns, each lane four columns of every row; what one lane reads of the left operand is told to all.
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
    let x0 = x[(first_row + lane) * 2u + k / 4u];
    let w0 = w[k * COLUMNS4 + column4];
    let w1 = w[(k + 1u) * COLUMNS4 + column4];
    let w2 = w[(k + 2u) * COLUMNS4 + column4];
    let w3 = w[(k + 3u) * COLUMNS4 + column4];
    let row0 = subgroupBroadcast(x0, 0u);
    sum0 += row0.x * w0 + row0.y * w1 + row0.z * w2 + row0.w * w3;
    let row1 = subgroupBroadcast(x0, 1u);
    sum1 += row1.x * w0 + row1.y * w1 + row1.z * w2 + row1.w * w3;
    let row2 = subgroupBroadcast(x0, 2u);
    sum2 += row2.x * w0 + row2.y * w1 + row2.z * w2 + row2.w * w3;
    let row3 = subgroupBroadcast(x0, 3u);
    sum3 += row3.x * w0 + row3.y * w1 + row3.z * w2 + row3.w * w3;
  }
  var sum_of_row = array<vec4f, 4>(sum0, sum1, sum2, sum3);
  let end_row = first_row + 4u;
  let bias_here = bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = sum_of_row[row - first_row];
    let value = total + bias_here;
    h[row * COLUMNS4 + column4] = select(value, vec4f(), value <= vec4f());
  }
}
