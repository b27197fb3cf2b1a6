// product = Σ_k z[row, k] · decoder_dense_1_weight[k, column]
// z_add[row, column] = product + decoder_dense_1_bias[column]   [200, 64]
// decoder_dense_1[row, column] = (product + decoder_dense_1_bias[column]) * sigmoid(product +
//     decoder_dense_1_bias[column])   [200, 64]

@group(0) @binding(1) var<storage, read_write> z : array<f32>;                         // [200, 2]
@group(0) @binding(2) var<storage, read>       decoder_dense_1_weight : array<vec4f>;  // [2, 64]
@group(0) @binding(3) var<storage, read>       decoder_dense_1_bias : array<vec4f>;    // [64]
@group(0) @binding(4) var<storage, read_write> z_add : array<vec4f>;                   // [200, 64]
@group(0) @binding(5) var<storage, read_write> decoder_dense_1_out : array<vec4f>;     // [200, 64]

const ROWS = 200u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn decoder_dense_1(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  let z0 = z[first_row_inside * 2u];
  let z1 = z[(first_row_inside + 1u) * 2u];
  let z2 = z[(first_row_inside + 2u) * 2u];
  let z3 = z[(first_row_inside + 3u) * 2u];
  let z4 = z[(first_row_inside + 4u) * 2u];
  let z5 = z[(first_row_inside + 5u) * 2u];
  let z6 = z[(first_row_inside + 6u) * 2u];
  let z7 = z[(first_row_inside + 7u) * 2u];
  let weight0 = decoder_dense_1_weight[column4];
  product0 += z0 * weight0;
  product1 += z1 * weight0;
  product2 += z2 * weight0;
  product3 += z3 * weight0;
  product4 += z4 * weight0;
  product5 += z5 * weight0;
  product6 += z6 * weight0;
  product7 += z7 * weight0;
  let z0_2 = z[first_row_inside * 2u + 1u];
  let z1_2 = z[(first_row_inside + 1u) * 2u + 1u];
  let z2_2 = z[(first_row_inside + 2u) * 2u + 1u];
  let z3_2 = z[(first_row_inside + 3u) * 2u + 1u];
  let z4_2 = z[(first_row_inside + 4u) * 2u + 1u];
  let z5_2 = z[(first_row_inside + 5u) * 2u + 1u];
  let z6_2 = z[(first_row_inside + 6u) * 2u + 1u];
  let z7_2 = z[(first_row_inside + 7u) * 2u + 1u];
  let weight0_2 = decoder_dense_1_weight[COLUMNS4 + column4];
  product0 += z0_2 * weight0_2;
  product1 += z1_2 * weight0_2;
  product2 += z2_2 * weight0_2;
  product3 += z3_2 * weight0_2;
  product4 += z4_2 * weight0_2;
  product5 += z5_2 * weight0_2;
  product6 += z6_2 * weight0_2;
  product7 += z7_2 * weight0_2;
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  let bias = decoder_dense_1_bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = total + bias;
    z_add[row * COLUMNS4 + column4] = total2;
    decoder_dense_1_out[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
