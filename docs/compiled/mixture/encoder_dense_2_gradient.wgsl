// encoder_dense_2_gradient_add[row, column] = (Σ_k encoder_dense_4_gradient[row, k] · encoder_dense_4_weight[column,
//     k] + Σ_k encoder_dense_3_gradient[row, k] · encoder_dense_3_weight[column, k]) *
//     sigmoid(encoder_dense_1_add[row, column]) + (Σ_k encoder_dense_4_gradient[row, k] ·
//     encoder_dense_4_weight[column, k] + Σ_k encoder_dense_3_gradient[row, k] · encoder_dense_3_weight[column, k])
//     * encoder_dense_1_add[row, column] * (sigmoid(encoder_dense_1_add[row, column]) * (1 -
//     sigmoid(encoder_dense_1_add[row, column])))   [200, 64]

@group(0) @binding(1) var<storage, read_write> encoder_dense_4_gradient : array<f32>;        // [200, 2]
@group(0) @binding(2) var<storage, read>       encoder_dense_4_weight : array<f32>;          // [64, 2]
@group(0) @binding(3) var<storage, read_write> encoder_dense_3_gradient : array<f32>;        // [200, 2]
@group(0) @binding(4) var<storage, read>       encoder_dense_3_weight : array<f32>;          // [64, 2]
@group(0) @binding(5) var<storage, read_write> encoder_dense_1_add : array<vec4f>;           // [200, 64]
@group(0) @binding(6) var<storage, read_write> encoder_dense_2_gradient_add : array<vec4f>;  // [200, 64]

const ROWS = 200u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn encoder_dense_2_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = (group.y * 8u + lane / 8u) * 4u;
  let column4 = group.x * 8u + lane % 8u;
  let first_row_inside = min(first_row, ROWS - 4u);
  // 4 rows by 32 columns, each lane four columns of every row.
  var product0 = vec4f();
  var product1 = vec4f();
  var product2 = vec4f();
  var product3 = vec4f();
  var product_2_0 = vec4f();
  var product_2_1 = vec4f();
  var product_2_2 = vec4f();
  var product_2_3 = vec4f();
  let gradient0 = encoder_dense_4_gradient[first_row_inside * 2u];
  let gradient1 = encoder_dense_4_gradient[(first_row_inside + 1u) * 2u];
  let gradient2 = encoder_dense_4_gradient[(first_row_inside + 2u) * 2u];
  let gradient3 = encoder_dense_4_gradient[(first_row_inside + 3u) * 2u];
  let weight0 = encoder_dense_4_weight[column4 * 4u * 2u];
  let weight0_2 = encoder_dense_4_weight[(column4 * 4u + 1u) * 2u];
  let weight0_3 = encoder_dense_4_weight[(column4 * 4u + 2u) * 2u];
  let weight0_4 = encoder_dense_4_weight[(column4 * 4u + 3u) * 2u];
  let gradient0_2 = encoder_dense_3_gradient[first_row_inside * 2u];
  let gradient1_2 = encoder_dense_3_gradient[(first_row_inside + 1u) * 2u];
  let gradient2_2 = encoder_dense_3_gradient[(first_row_inside + 2u) * 2u];
  let gradient3_2 = encoder_dense_3_gradient[(first_row_inside + 3u) * 2u];
  let weight0_5 = encoder_dense_3_weight[column4 * 4u * 2u];
  let weight0_6 = encoder_dense_3_weight[(column4 * 4u + 1u) * 2u];
  let weight0_7 = encoder_dense_3_weight[(column4 * 4u + 2u) * 2u];
  let weight0_8 = encoder_dense_3_weight[(column4 * 4u + 3u) * 2u];
  let columns = vec4f(weight0, weight0_2, weight0_3, weight0_4);
  product0 += gradient0 * columns;
  product1 += gradient1 * columns;
  product2 += gradient2 * columns;
  product3 += gradient3 * columns;
  let columns2 = vec4f(weight0_5, weight0_6, weight0_7, weight0_8);
  product_2_0 += gradient0_2 * columns2;
  product_2_1 += gradient1_2 * columns2;
  product_2_2 += gradient2_2 * columns2;
  product_2_3 += gradient3_2 * columns2;
  let gradient0_3 = encoder_dense_4_gradient[first_row_inside * 2u + 1u];
  let gradient1_3 = encoder_dense_4_gradient[(first_row_inside + 1u) * 2u + 1u];
  let gradient2_3 = encoder_dense_4_gradient[(first_row_inside + 2u) * 2u + 1u];
  let gradient3_3 = encoder_dense_4_gradient[(first_row_inside + 3u) * 2u + 1u];
  let weight0_9 = encoder_dense_4_weight[column4 * 4u * 2u + 1u];
  let weight0_10 = encoder_dense_4_weight[(column4 * 4u + 1u) * 2u + 1u];
  let weight0_11 = encoder_dense_4_weight[(column4 * 4u + 2u) * 2u + 1u];
  let weight0_12 = encoder_dense_4_weight[(column4 * 4u + 3u) * 2u + 1u];
  let gradient0_4 = encoder_dense_3_gradient[first_row_inside * 2u + 1u];
  let gradient1_4 = encoder_dense_3_gradient[(first_row_inside + 1u) * 2u + 1u];
  let gradient2_4 = encoder_dense_3_gradient[(first_row_inside + 2u) * 2u + 1u];
  let gradient3_4 = encoder_dense_3_gradient[(first_row_inside + 3u) * 2u + 1u];
  let weight0_13 = encoder_dense_3_weight[column4 * 4u * 2u + 1u];
  let weight0_14 = encoder_dense_3_weight[(column4 * 4u + 1u) * 2u + 1u];
  let weight0_15 = encoder_dense_3_weight[(column4 * 4u + 2u) * 2u + 1u];
  let weight0_16 = encoder_dense_3_weight[(column4 * 4u + 3u) * 2u + 1u];
  let columns3 = vec4f(weight0_9, weight0_10, weight0_11, weight0_12);
  product0 += gradient0_3 * columns3;
  product1 += gradient1_3 * columns3;
  product2 += gradient2_3 * columns3;
  product3 += gradient3_3 * columns3;
  let columns4 = vec4f(weight0_13, weight0_14, weight0_15, weight0_16);
  product_2_0 += gradient0_4 * columns4;
  product_2_1 += gradient1_4 * columns4;
  product_2_2 += gradient2_4 * columns4;
  product_2_3 += gradient3_4 * columns4;
  var product_of_row = array<vec4f, 4>(product0, product1, product2, product3);
  var product_2_of_row = array<vec4f, 4>(product_2_0, product_2_1, product_2_2, product_2_3);
  let end_row = min(first_row + 4u, ROWS);
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = product_2_of_row[row - first_row];
    let total3 = total + total2;
    let encoder_dense_1_add_here = encoder_dense_1_add[row * COLUMNS4 + column4];
    let sigmoid_value = sigmoid_vec4(encoder_dense_1_add_here);
    let total4 = total3 * sigmoid_value + total3 * encoder_dense_1_add_here * (sigmoid_value * (1.0 - sigmoid_value));
    encoder_dense_2_gradient_add[row * COLUMNS4 + column4] = total4;
  }
}
