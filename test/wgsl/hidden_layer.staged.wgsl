// h[row, column] = relu(Σ_k x[row, k] · w[k, column] + bias[column])   [16, 32]

@group(0) @binding(1) var<storage, read>       x : array<vec4f>;     // [16, 8]
@group(0) @binding(2) var<storage, read>       w : array<vec4f>;     // [8, 32]
@group(0) @binding(3) var<storage, read>       bias : array<vec4f>;  // [32]
@group(0) @binding(4) var<storage, read_write> h : array<vec4f>;     // [16, 32]

const K = 8u;
const COLUMNS4 = 8u;

var<workgroup> left : array<vec4f, 16>;
var<workgroup> right : array<vec4f, 64>;

@compute @workgroup_size(16)
fn hidden_layer(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = (group.y * 2u + lane / 8u) * 4u;
  let column4 = group.x * 8u + lane % 8u;
  // 4 rows by 32 columns, each lane four columns of every row.
  // The 2 tiles' lanes read 8 positions of both operands at a time into memory that they share.
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k = 0u; k < K; k += 8u) {
    for (var block = lane; block < 4u; block += 16u) {
      let ahead = block % 2u * 4u;
      let quad = block / 2u;
      let x0 = x[(group.y * 8u + quad * 4u) * 2u + (k + ahead) / 4u];
      let x1 = x[(group.y * 8u + quad * 4u + 1u) * 2u + (k + ahead) / 4u];
      let x2 = x[(group.y * 8u + quad * 4u + 2u) * 2u + (k + ahead) / 4u];
      let x3 = x[(group.y * 8u + quad * 4u + 3u) * 2u + (k + ahead) / 4u];
      left[ahead * 2u + quad] = vec4f(x0.x, x1.x, x2.x, x3.x);
      left[(ahead + 1u) * 2u + quad] = vec4f(x0.y, x1.y, x2.y, x3.y);
      left[(ahead + 2u) * 2u + quad] = vec4f(x0.z, x1.z, x2.z, x3.z);
      left[(ahead + 3u) * 2u + quad] = vec4f(x0.w, x1.w, x2.w, x3.w);
    }
    for (var block = lane; block < 16u; block += 16u) {
      let ahead = block / 8u * 4u;
      let quad = block % 8u;
      let w0 = w[(k + ahead) * COLUMNS4 + group.x * 8u + quad];
      let w1 = w[(k + ahead + 1u) * COLUMNS4 + group.x * 8u + quad];
      let w2 = w[(k + ahead + 2u) * COLUMNS4 + group.x * 8u + quad];
      let w3 = w[(k + ahead + 3u) * COLUMNS4 + group.x * 8u + quad];
      right[ahead * 8u + quad] = w0;
      right[(ahead + 1u) * 8u + quad] = w1;
      right[(ahead + 2u) * 8u + quad] = w2;
      right[(ahead + 3u) * 8u + quad] = w3;
    }
    workgroupBarrier();
    for (var ahead = 0u; ahead < 8u; ahead += 4u) {
      let rows0_0 = left[ahead * 2u + lane / 8u];
      let rows0_1 = left[(ahead + 1u) * 2u + lane / 8u];
      let rows0_2 = left[(ahead + 2u) * 2u + lane / 8u];
      let rows0_3 = left[(ahead + 3u) * 2u + lane / 8u];
      let columns0 = right[ahead * 8u + lane % 8u];
      let columns1 = right[(ahead + 1u) * 8u + lane % 8u];
      let columns2 = right[(ahead + 2u) * 8u + lane % 8u];
      let columns3 = right[(ahead + 3u) * 8u + lane % 8u];
      sum0 += rows0_0.x * columns0 + rows0_1.x * columns1 + rows0_2.x * columns2 + rows0_3.x * columns3;
      sum1 += rows0_0.y * columns0 + rows0_1.y * columns1 + rows0_2.y * columns2 + rows0_3.y * columns3;
      sum2 += rows0_0.z * columns0 + rows0_1.z * columns1 + rows0_2.z * columns2 + rows0_3.z * columns3;
      sum3 += rows0_0.w * columns0 + rows0_1.w * columns1 + rows0_2.w * columns2 + rows0_3.w * columns3;
    }
    workgroupBarrier();
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
