// product = Σ_k encoder_dense_1[row, k] · encoder_dense_2_weight[k, column]
// encoder_dense_1_add[row, column] = product + encoder_dense_2_bias[column]   [200, 64]
// encoder_dense_2[row, column] = (product + encoder_dense_2_bias[column]) * sigmoid(product +
//     encoder_dense_2_bias[column])   [200, 64]

@group(0) @binding(1) var<storage, read_write> encoder_dense_1 : array<vec4f>;         // [200, 64]
@group(0) @binding(2) var<storage, read>       encoder_dense_2_weight : array<vec4f>;  // [64, 64]
@group(0) @binding(3) var<storage, read>       encoder_dense_2_bias : array<vec4f>;    // [64]
@group(0) @binding(4) var<storage, read_write> encoder_dense_1_add : array<vec4f>;     // [200, 64]
@group(0) @binding(5) var<storage, read_write> encoder_dense_2_out : array<vec4f>;     // [200, 64]

const ROWS = 200u;
const K = 64u;
const K4 = 16u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn encoder_dense_2(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = (group.y * 8u + lane / 8u) * 8u;
  let column4 = group.x * 8u + lane % 8u;
  let first_row_inside = min(first_row, ROWS - 8u);
  // 8 rows by 32 columns, each lane four columns of every row.
  var product0 = vec4f();
  var product1 = vec4f();
  var product2 = vec4f();
  var product3 = vec4f();
  var product4 = vec4f();
  var product5 = vec4f();
  var product6 = vec4f();
  var product7 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
    let encoder_dense_1_0 = encoder_dense_1[first_row_inside * K4 + k / 4u];
    let encoder_dense_1_1 = encoder_dense_1[(first_row_inside + 1u) * K4 + k / 4u];
    let encoder_dense_1_2 = encoder_dense_1[(first_row_inside + 2u) * K4 + k / 4u];
    let encoder_dense_1_3 = encoder_dense_1[(first_row_inside + 3u) * K4 + k / 4u];
    let encoder_dense_1_4 = encoder_dense_1[(first_row_inside + 4u) * K4 + k / 4u];
    let encoder_dense_1_5 = encoder_dense_1[(first_row_inside + 5u) * K4 + k / 4u];
    let encoder_dense_1_6 = encoder_dense_1[(first_row_inside + 6u) * K4 + k / 4u];
    let encoder_dense_1_7 = encoder_dense_1[(first_row_inside + 7u) * K4 + k / 4u];
    let weight0 = encoder_dense_2_weight[k * COLUMNS4 + column4];
    let weight1 = encoder_dense_2_weight[(k + 1u) * COLUMNS4 + column4];
    let weight2 = encoder_dense_2_weight[(k + 2u) * COLUMNS4 + column4];
    let weight3 = encoder_dense_2_weight[(k + 3u) * COLUMNS4 + column4];
    product0 += encoder_dense_1_0.x * weight0 + encoder_dense_1_0.y * weight1 + encoder_dense_1_0.z * weight2
        + encoder_dense_1_0.w * weight3;
    product1 += encoder_dense_1_1.x * weight0 + encoder_dense_1_1.y * weight1 + encoder_dense_1_1.z * weight2
        + encoder_dense_1_1.w * weight3;
    product2 += encoder_dense_1_2.x * weight0 + encoder_dense_1_2.y * weight1 + encoder_dense_1_2.z * weight2
        + encoder_dense_1_2.w * weight3;
    product3 += encoder_dense_1_3.x * weight0 + encoder_dense_1_3.y * weight1 + encoder_dense_1_3.z * weight2
        + encoder_dense_1_3.w * weight3;
    product4 += encoder_dense_1_4.x * weight0 + encoder_dense_1_4.y * weight1 + encoder_dense_1_4.z * weight2
        + encoder_dense_1_4.w * weight3;
    product5 += encoder_dense_1_5.x * weight0 + encoder_dense_1_5.y * weight1 + encoder_dense_1_5.z * weight2
        + encoder_dense_1_5.w * weight3;
    product6 += encoder_dense_1_6.x * weight0 + encoder_dense_1_6.y * weight1 + encoder_dense_1_6.z * weight2
        + encoder_dense_1_6.w * weight3;
    product7 += encoder_dense_1_7.x * weight0 + encoder_dense_1_7.y * weight1 + encoder_dense_1_7.z * weight2
        + encoder_dense_1_7.w * weight3;
  }
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  let bias = encoder_dense_2_bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = total + bias;
    encoder_dense_1_add[row * COLUMNS4 + column4] = total2;
    encoder_dense_2_out[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
