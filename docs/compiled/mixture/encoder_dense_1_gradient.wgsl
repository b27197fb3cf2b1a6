// encoder_dense_1_gradient_add[row, column] = (Σ_k encoder_dense_2_gradient_add[row, k] ·
//     encoder_dense_2_weight[column, k]) * sigmoid(x_add[row, column]) + (Σ_k encoder_dense_2_gradient_add[row, k] ·
//     encoder_dense_2_weight[column, k]) * x_add[row, column] * (sigmoid(x_add[row, column]) * (1 -
//     sigmoid(x_add[row, column])))   [200, 64]

@group(0) @binding(1) var<storage, read_write> encoder_dense_2_gradient_add : array<vec4f>;  // [200, 64]
@group(0) @binding(2) var<storage, read>       encoder_dense_2_weight : array<vec4f>;        // [64, 64]
@group(0) @binding(3) var<storage, read_write> x_add : array<vec4f>;                         // [200, 64]
@group(0) @binding(4) var<storage, read_write> encoder_dense_1_gradient_add : array<vec4f>;  // [200, 64]

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
fn encoder_dense_1_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
    let encoder_dense_2_gradient_add0 = encoder_dense_2_gradient_add[first_row_inside * K4 + k / 4u];
    let encoder_dense_2_gradient_add1 = encoder_dense_2_gradient_add[(first_row_inside + 1u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add2 = encoder_dense_2_gradient_add[(first_row_inside + 2u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add3 = encoder_dense_2_gradient_add[(first_row_inside + 3u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add4 = encoder_dense_2_gradient_add[(first_row_inside + 4u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add5 = encoder_dense_2_gradient_add[(first_row_inside + 5u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add6 = encoder_dense_2_gradient_add[(first_row_inside + 6u) * K4 + k / 4u];
    let encoder_dense_2_gradient_add7 = encoder_dense_2_gradient_add[(first_row_inside + 7u) * K4 + k / 4u];
    let weight0 = encoder_dense_2_weight[column4 * 4u * K4 + k / 4u];
    let weight1 = encoder_dense_2_weight[(column4 * 4u + 1u) * K4 + k / 4u];
    let weight2 = encoder_dense_2_weight[(column4 * 4u + 2u) * K4 + k / 4u];
    let weight3 = encoder_dense_2_weight[(column4 * 4u + 3u) * K4 + k / 4u];
    let columns = vec4f(weight0.x, weight1.x, weight2.x, weight3.x);
    let columns2 = vec4f(weight0.y, weight1.y, weight2.y, weight3.y);
    let columns3 = vec4f(weight0.z, weight1.z, weight2.z, weight3.z);
    let columns4 = vec4f(weight0.w, weight1.w, weight2.w, weight3.w);
    product0 += encoder_dense_2_gradient_add0.x * columns + encoder_dense_2_gradient_add0.y * columns2
        + encoder_dense_2_gradient_add0.z * columns3 + encoder_dense_2_gradient_add0.w * columns4;
    product1 += encoder_dense_2_gradient_add1.x * columns + encoder_dense_2_gradient_add1.y * columns2
        + encoder_dense_2_gradient_add1.z * columns3 + encoder_dense_2_gradient_add1.w * columns4;
    product2 += encoder_dense_2_gradient_add2.x * columns + encoder_dense_2_gradient_add2.y * columns2
        + encoder_dense_2_gradient_add2.z * columns3 + encoder_dense_2_gradient_add2.w * columns4;
    product3 += encoder_dense_2_gradient_add3.x * columns + encoder_dense_2_gradient_add3.y * columns2
        + encoder_dense_2_gradient_add3.z * columns3 + encoder_dense_2_gradient_add3.w * columns4;
    product4 += encoder_dense_2_gradient_add4.x * columns + encoder_dense_2_gradient_add4.y * columns2
        + encoder_dense_2_gradient_add4.z * columns3 + encoder_dense_2_gradient_add4.w * columns4;
    product5 += encoder_dense_2_gradient_add5.x * columns + encoder_dense_2_gradient_add5.y * columns2
        + encoder_dense_2_gradient_add5.z * columns3 + encoder_dense_2_gradient_add5.w * columns4;
    product6 += encoder_dense_2_gradient_add6.x * columns + encoder_dense_2_gradient_add6.y * columns2
        + encoder_dense_2_gradient_add6.z * columns3 + encoder_dense_2_gradient_add6.w * columns4;
    product7 += encoder_dense_2_gradient_add7.x * columns + encoder_dense_2_gradient_add7.y * columns2
        + encoder_dense_2_gradient_add7.z * columns3 + encoder_dense_2_gradient_add7.w * columns4;
  }
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let x_add_here = x_add[row * COLUMNS4 + column4];
    let sigmoid_value = sigmoid_vec4(x_add_here);
    let total2 = total * sigmoid_value + total * x_add_here * (sigmoid_value * (1.0 - sigmoid_value));
    encoder_dense_1_gradient_add[row * COLUMNS4 + column4] = total2;
  }
}
