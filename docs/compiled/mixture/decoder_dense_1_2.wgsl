// decoder_dense_1_2[row, column] = (Σ_k encoder_dense_3__z_values[2 row + k + 328] · decoder_dense_1_weight[k,
//     column] + decoder_dense_1_bias[column]) * sigmoid(Σ_k encoder_dense_3__z_values[2 row + k + 328] ·
//     decoder_dense_1_weight[k, column] + decoder_dense_1_bias[column])   [81, 64]

@group(0) @binding(1) var<storage, read_write> encoder_dense_3__z_values : array<f32>;  // [492]
@group(0) @binding(2) var<storage, read>       decoder_dense_1_weight : array<vec4f>;   // [2, 64]
@group(0) @binding(3) var<storage, read>       decoder_dense_1_bias : array<vec4f>;     // [64]
@group(0) @binding(4) var<storage, read_write> decoder_dense_1_2_out : array<vec4f>;    // [81, 64]

const ROWS = 81u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn decoder_dense_1_2(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let first_row = (group.y * 8u + lane / 8u) * 8u;
  let column4 = group.x * 8u + lane % 8u;
  // 8 rows by 32 columns, each lane four columns of every row.
  var product0 = vec4f();
  var product1 = vec4f();
  var product2 = vec4f();
  var product3 = vec4f();
  var product4 = vec4f();
  var product5 = vec4f();
  var product6 = vec4f();
  var product7 = vec4f();
  let values0 = encoder_dense_3__z_values[min(first_row, ROWS - 1u) * 2u + 328u];
  let values1 = encoder_dense_3__z_values[min(first_row + 1u, ROWS - 1u) * 2u + 328u];
  let values2 = encoder_dense_3__z_values[min(first_row + 2u, ROWS - 1u) * 2u + 328u];
  let values3 = encoder_dense_3__z_values[min(first_row + 3u, ROWS - 1u) * 2u + 328u];
  let values4 = encoder_dense_3__z_values[min(first_row + 4u, ROWS - 1u) * 2u + 328u];
  let values5 = encoder_dense_3__z_values[min(first_row + 5u, ROWS - 1u) * 2u + 328u];
  let values6 = encoder_dense_3__z_values[min(first_row + 6u, ROWS - 1u) * 2u + 328u];
  let values7 = encoder_dense_3__z_values[min(first_row + 7u, ROWS - 1u) * 2u + 328u];
  let weight0 = decoder_dense_1_weight[column4];
  product0 += values0 * weight0;
  product1 += values1 * weight0;
  product2 += values2 * weight0;
  product3 += values3 * weight0;
  product4 += values4 * weight0;
  product5 += values5 * weight0;
  product6 += values6 * weight0;
  product7 += values7 * weight0;
  let values0_2 = encoder_dense_3__z_values[min(first_row, ROWS - 1u) * 2u + 329u];
  let values1_2 = encoder_dense_3__z_values[min(first_row + 1u, ROWS - 1u) * 2u + 329u];
  let values2_2 = encoder_dense_3__z_values[min(first_row + 2u, ROWS - 1u) * 2u + 329u];
  let values3_2 = encoder_dense_3__z_values[min(first_row + 3u, ROWS - 1u) * 2u + 329u];
  let values4_2 = encoder_dense_3__z_values[min(first_row + 4u, ROWS - 1u) * 2u + 329u];
  let values5_2 = encoder_dense_3__z_values[min(first_row + 5u, ROWS - 1u) * 2u + 329u];
  let values6_2 = encoder_dense_3__z_values[min(first_row + 6u, ROWS - 1u) * 2u + 329u];
  let values7_2 = encoder_dense_3__z_values[min(first_row + 7u, ROWS - 1u) * 2u + 329u];
  let weight0_2 = decoder_dense_1_weight[COLUMNS4 + column4];
  product0 += values0_2 * weight0_2;
  product1 += values1_2 * weight0_2;
  product2 += values2_2 * weight0_2;
  product3 += values3_2 * weight0_2;
  product4 += values4_2 * weight0_2;
  product5 += values5_2 * weight0_2;
  product6 += values6_2 * weight0_2;
  product7 += values7_2 * weight0_2;
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  let bias = decoder_dense_1_bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = total + bias;
    decoder_dense_1_2_out[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
