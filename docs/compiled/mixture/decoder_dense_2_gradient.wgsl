// decoder_dense_2_gradient_add[row, column] = (Σ_k decoder_dense_3_gradient[row, k] · decoder_dense_3_weight[column,
//     k]) * sigmoid(decoder_dense_1_add[row, column]) + (Σ_k decoder_dense_3_gradient[row, k] ·
//     decoder_dense_3_weight[column, k]) * decoder_dense_1_add[row, column] * (sigmoid(decoder_dense_1_add[row,
//     column]) * (1 - sigmoid(decoder_dense_1_add[row, column])))   [200, 64]

@group(0) @binding(1) var<storage, read_write> decoder_dense_3_gradient : array<f32>;        // [200, 2]
@group(0) @binding(2) var<storage, read>       decoder_dense_3_weight : array<f32>;          // [64, 2]
@group(0) @binding(3) var<storage, read_write> decoder_dense_1_add : array<vec4f>;           // [200, 64]
@group(0) @binding(4) var<storage, read_write> decoder_dense_2_gradient_add : array<vec4f>;  // [200, 64]

const ROWS = 200u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn decoder_dense_2_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  let gradient0 = decoder_dense_3_gradient[first_row_inside * 2u];
  let gradient1 = decoder_dense_3_gradient[(first_row_inside + 1u) * 2u];
  let gradient2 = decoder_dense_3_gradient[(first_row_inside + 2u) * 2u];
  let gradient3 = decoder_dense_3_gradient[(first_row_inside + 3u) * 2u];
  let gradient4 = decoder_dense_3_gradient[(first_row_inside + 4u) * 2u];
  let gradient5 = decoder_dense_3_gradient[(first_row_inside + 5u) * 2u];
  let gradient6 = decoder_dense_3_gradient[(first_row_inside + 6u) * 2u];
  let gradient7 = decoder_dense_3_gradient[(first_row_inside + 7u) * 2u];
  let weight0 = decoder_dense_3_weight[column4 * 4u * 2u];
  let weight0_2 = decoder_dense_3_weight[(column4 * 4u + 1u) * 2u];
  let weight0_3 = decoder_dense_3_weight[(column4 * 4u + 2u) * 2u];
  let weight0_4 = decoder_dense_3_weight[(column4 * 4u + 3u) * 2u];
  let columns = vec4f(weight0, weight0_2, weight0_3, weight0_4);
  product0 += gradient0 * columns;
  product1 += gradient1 * columns;
  product2 += gradient2 * columns;
  product3 += gradient3 * columns;
  product4 += gradient4 * columns;
  product5 += gradient5 * columns;
  product6 += gradient6 * columns;
  product7 += gradient7 * columns;
  let gradient0_2 = decoder_dense_3_gradient[first_row_inside * 2u + 1u];
  let gradient1_2 = decoder_dense_3_gradient[(first_row_inside + 1u) * 2u + 1u];
  let gradient2_2 = decoder_dense_3_gradient[(first_row_inside + 2u) * 2u + 1u];
  let gradient3_2 = decoder_dense_3_gradient[(first_row_inside + 3u) * 2u + 1u];
  let gradient4_2 = decoder_dense_3_gradient[(first_row_inside + 4u) * 2u + 1u];
  let gradient5_2 = decoder_dense_3_gradient[(first_row_inside + 5u) * 2u + 1u];
  let gradient6_2 = decoder_dense_3_gradient[(first_row_inside + 6u) * 2u + 1u];
  let gradient7_2 = decoder_dense_3_gradient[(first_row_inside + 7u) * 2u + 1u];
  let weight0_5 = decoder_dense_3_weight[column4 * 4u * 2u + 1u];
  let weight0_6 = decoder_dense_3_weight[(column4 * 4u + 1u) * 2u + 1u];
  let weight0_7 = decoder_dense_3_weight[(column4 * 4u + 2u) * 2u + 1u];
  let weight0_8 = decoder_dense_3_weight[(column4 * 4u + 3u) * 2u + 1u];
  let columns2 = vec4f(weight0_5, weight0_6, weight0_7, weight0_8);
  product0 += gradient0_2 * columns2;
  product1 += gradient1_2 * columns2;
  product2 += gradient2_2 * columns2;
  product3 += gradient3_2 * columns2;
  product4 += gradient4_2 * columns2;
  product5 += gradient5_2 * columns2;
  product6 += gradient6_2 * columns2;
  product7 += gradient7_2 * columns2;
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let decoder_dense_1_add_here = decoder_dense_1_add[row * COLUMNS4 + column4];
    let sigmoid_value = sigmoid_vec4(decoder_dense_1_add_here);
    let total2 = total * sigmoid_value + total * decoder_dense_1_add_here * (sigmoid_value * (1.0 - sigmoid_value));
    decoder_dense_2_gradient_add[row * COLUMNS4 + column4] = total2;
  }
}
