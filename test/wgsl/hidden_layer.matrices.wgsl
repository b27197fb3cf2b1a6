// h[row, column] = relu(Σ_k x[row, k] · w[k, column] + bias[column])   [16, 32]

enable subgroups;
enable chromium_experimental_subgroup_matrix;

@group(0) @binding(1) var<storage, read>       x : array<vec4f>;     // [16, 8]
@group(0) @binding(2) var<storage, read>       w : array<vec4f>;     // [8, 32]
@group(0) @binding(3) var<storage, read>       bias : array<vec4f>;  // [32]
@group(0) @binding(4) var<storage, read_write> h : array<vec4f>;     // [16, 32]

const K = 8u;
const COLUMNS4 = 8u;

var<workgroup> staged : array<f32, 512>;

@compute @workgroup_size(32)
fn hidden_layer(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = (group.y * 4u + lane / 8u) * 4u;
  let column4 = group.x * 8u + lane % 8u;
  // 4 rows by 32 columns, each lane four columns of every row.
  // The 4 tiles' lanes read 8 positions of both operands at a time into memory that they share;
  // subgroups multiply it by matrices of eight by eight.
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var sum0_0 = subgroup_matrix_result<f32, 8, 8>();
  var sum0_1 = subgroup_matrix_result<f32, 8, 8>();
  var sum0_2 = subgroup_matrix_result<f32, 8, 8>();
  var sum0_3 = subgroup_matrix_result<f32, 8, 8>();
  var sum1_0 = subgroup_matrix_result<f32, 8, 8>();
  var sum1_1 = subgroup_matrix_result<f32, 8, 8>();
  var sum1_2 = subgroup_matrix_result<f32, 8, 8>();
  var sum1_3 = subgroup_matrix_result<f32, 8, 8>();
  for (var k = 0u; k < K; k += 8u) {
    for (var block = lane; block < 8u; block += 32u) {
      let ahead = block % 2u * 4u;
      let quad = block / 2u;
      let x0 = x[(group.y * 16u + quad * 4u) * 2u + (k + ahead) / 4u];
      let x1 = x[(group.y * 16u + quad * 4u + 1u) * 2u + (k + ahead) / 4u];
      let x2 = x[(group.y * 16u + quad * 4u + 2u) * 2u + (k + ahead) / 4u];
      let x3 = x[(group.y * 16u + quad * 4u + 3u) * 2u + (k + ahead) / 4u];
      let four = vec4f(x0.x, x1.x, x2.x, x3.x);
      let first = (ahead * 4u + quad) * 4u;
      staged[first] = four.x;
      staged[first + 1u] = four.y;
      staged[first + 2u] = four.z;
      staged[first + 3u] = four.w;
      let four2 = vec4f(x0.y, x1.y, x2.y, x3.y);
      let first2 = ((ahead + 1u) * 4u + quad) * 4u;
      staged[first2] = four2.x;
      staged[first2 + 1u] = four2.y;
      staged[first2 + 2u] = four2.z;
      staged[first2 + 3u] = four2.w;
      let four3 = vec4f(x0.z, x1.z, x2.z, x3.z);
      let first3 = ((ahead + 2u) * 4u + quad) * 4u;
      staged[first3] = four3.x;
      staged[first3 + 1u] = four3.y;
      staged[first3 + 2u] = four3.z;
      staged[first3 + 3u] = four3.w;
      let four4 = vec4f(x0.w, x1.w, x2.w, x3.w);
      let first4 = ((ahead + 3u) * 4u + quad) * 4u;
      staged[first4] = four4.x;
      staged[first4 + 1u] = four4.y;
      staged[first4 + 2u] = four4.z;
      staged[first4 + 3u] = four4.w;
    }
    for (var block = lane; block < 16u; block += 32u) {
      let ahead = block / 8u * 4u;
      let quad = block % 8u;
      let w0 = w[(k + ahead) * COLUMNS4 + group.x * 8u + quad];
      let w1 = w[(k + ahead + 1u) * COLUMNS4 + group.x * 8u + quad];
      let w2 = w[(k + ahead + 2u) * COLUMNS4 + group.x * 8u + quad];
      let w3 = w[(k + ahead + 3u) * COLUMNS4 + group.x * 8u + quad];
      let first = 128u + (ahead * 8u + quad) * 4u;
      staged[first] = w0.x;
      staged[first + 1u] = w0.y;
      staged[first + 2u] = w0.z;
      staged[first + 3u] = w0.w;
      let first2 = 128u + ((ahead + 1u) * 8u + quad) * 4u;
      staged[first2] = w1.x;
      staged[first2 + 1u] = w1.y;
      staged[first2 + 2u] = w1.z;
      staged[first2 + 3u] = w1.w;
      let first3 = 128u + ((ahead + 2u) * 8u + quad) * 4u;
      staged[first3] = w2.x;
      staged[first3 + 1u] = w2.y;
      staged[first3 + 2u] = w2.z;
      staged[first3 + 3u] = w2.w;
      let first4 = 128u + ((ahead + 3u) * 8u + quad) * 4u;
      staged[first4] = w3.x;
      staged[first4 + 1u] = w3.y;
      staged[first4 + 2u] = w3.z;
      staged[first4 + 3u] = w3.w;
    }
    workgroupBarrier();
    for (var ahead = 0u; ahead < 8u; ahead += 8u) {
      let rows0 = subgroupMatrixLoad<subgroup_matrix_left<f32, 8, 8>, col_major>(&staged, ahead * 16u, 16u);
      let rows1 = subgroupMatrixLoad<subgroup_matrix_left<f32, 8, 8>, col_major>(&staged, ahead * 16u + 8u, 16u);
      let columns0 = subgroupMatrixLoad<subgroup_matrix_right<f32, 8, 8>, row_major>(&staged, 128u + ahead * 32u, 32u);
      let columns1 = subgroupMatrixLoad<subgroup_matrix_right<f32, 8, 8>, row_major>(&staged, 128u + ahead * 32u + 8u,
          32u);
      let columns2 = subgroupMatrixLoad<subgroup_matrix_right<f32, 8, 8>, row_major>(&staged, 128u + ahead * 32u + 16u,
          32u);
      let columns3 = subgroupMatrixLoad<subgroup_matrix_right<f32, 8, 8>, row_major>(&staged, 128u + ahead * 32u + 24u,
          32u);
      sum0_0 = subgroupMatrixMultiplyAccumulate(rows0, columns0, sum0_0);
      sum0_1 = subgroupMatrixMultiplyAccumulate(rows0, columns1, sum0_1);
      sum0_2 = subgroupMatrixMultiplyAccumulate(rows0, columns2, sum0_2);
      sum0_3 = subgroupMatrixMultiplyAccumulate(rows0, columns3, sum0_3);
      sum1_0 = subgroupMatrixMultiplyAccumulate(rows1, columns0, sum1_0);
      sum1_1 = subgroupMatrixMultiplyAccumulate(rows1, columns1, sum1_1);
      sum1_2 = subgroupMatrixMultiplyAccumulate(rows1, columns2, sum1_2);
      sum1_3 = subgroupMatrixMultiplyAccumulate(rows1, columns3, sum1_3);
    }
    workgroupBarrier();
  }
  subgroupMatrixStore<row_major>(&staged, 0u, sum0_0, 32u);
  subgroupMatrixStore<row_major>(&staged, 8u, sum0_1, 32u);
  subgroupMatrixStore<row_major>(&staged, 16u, sum0_2, 32u);
  subgroupMatrixStore<row_major>(&staged, 24u, sum0_3, 32u);
  subgroupMatrixStore<row_major>(&staged, 256u, sum1_0, 32u);
  subgroupMatrixStore<row_major>(&staged, 264u, sum1_1, 32u);
  subgroupMatrixStore<row_major>(&staged, 272u, sum1_2, 32u);
  subgroupMatrixStore<row_major>(&staged, 280u, sum1_3, 32u);
  workgroupBarrier();
  let first = lane / 8u * 4u * 32u + lane % 8u * 4u;
  sum0 += vec4f(staged[first], staged[first + 1u], staged[first + 2u], staged[first + 3u]);
  let first2 = (lane / 8u * 4u + 1u) * 32u + lane % 8u * 4u;
  sum1 += vec4f(staged[first2], staged[first2 + 1u], staged[first2 + 2u], staged[first2 + 3u]);
  let first3 = (lane / 8u * 4u + 2u) * 32u + lane % 8u * 4u;
  sum2 += vec4f(staged[first3], staged[first3 + 1u], staged[first3 + 2u], staged[first3 + 3u]);
  let first4 = (lane / 8u * 4u + 3u) * 32u + lane % 8u * 4u;
  sum3 += vec4f(staged[first4], staged[first4 + 1u], staged[first4 + 2u], staged[first4 + 3u]);
  var sum_of_row = array<vec4f, 4>(sum0, sum1, sum2, sum3);
  let end_row = first_row + 4u;
  let bias_here = bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = sum_of_row[row - first_row];
    let value = total + bias_here;
    h[row * COLUMNS4 + column4] = select(value, vec4f(), value <= vec4f());
  }
}
