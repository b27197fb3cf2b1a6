// decoder_dense_1[64 row + column] = (Σ_k (collected_1[⌊row / 100⌋, k] + encoder_dense_3__z_values[2 ⌊row / 100⌋ + k
//     + 164] * step_standard_normal[2 row + k]) · decoder_dense_1_weight[k, column] + decoder_dense_1_bias[column])
//     * sigmoid(Σ_k (collected_1[⌊row / 100⌋, k] + encoder_dense_3__z_values[2 ⌊row / 100⌋ + k + 164] *
//     step_standard_normal[2 row + k]) · decoder_dense_1_weight[k, column] + decoder_dense_1_bias[column])   [81,
//     100, 64]

@group(0) @binding(1) var<storage, read>       collected_1 : array<f32>;                // [81, 2]
@group(0) @binding(2) var<storage, read_write> encoder_dense_3__z_values : array<f32>;  // [492]
@group(0) @binding(3) var<storage, read_write> step_standard_normal : array<f32>;       // [81, 100, 2]
@group(0) @binding(4) var<storage, read>       decoder_dense_1_weight : array<vec4f>;   // [2, 64]
@group(0) @binding(5) var<storage, read>       decoder_dense_1_bias : array<vec4f>;     // [64]
@group(0) @binding(6) var<storage, read_write> decoder_dense_1 : array<vec4f>;          // [81, 100, 64]

const ROWS4 = 2025u;
const COLUMNS4 = 16u;
const ROWS = 8100u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn decoder_dense_1__evaluate(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  let collected_1_0_0 = collected_1[min(first_row / 4u, ROWS4 - 1u) * 4u / 100u * 2u];
  let values0_0 = encoder_dense_3__z_values[min(first_row / 4u, ROWS4 - 1u) * 4u / 100u * 2u + 164u];
  let normal0_0 = step_standard_normal[min(first_row / 4u, ROWS4 - 1u) * 4u * 2u];
  let normal0_0_2 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 1u) * 2u];
  let normal0_0_3 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 2u) * 2u];
  let normal0_0_4 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 3u) * 2u];
  let rows0_0 = collected_1_0_0 + values0_0 * vec4f(normal0_0, normal0_0_2, normal0_0_3, normal0_0_4);
  let collected_1_0_1 = collected_1[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u / 100u * 2u];
  let values0_1 = encoder_dense_3__z_values[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u / 100u * 2u + 164u];
  let normal0_1 = step_standard_normal[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u * 2u];
  let normal0_1_2 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 1u) * 2u];
  let normal0_1_3 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 2u) * 2u];
  let normal0_1_4 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 3u) * 2u];
  let rows0_1 = collected_1_0_1 + values0_1 * vec4f(normal0_1, normal0_1_2, normal0_1_3, normal0_1_4);
  let weight0 = decoder_dense_1_weight[column4];
  product0 += rows0_0.x * weight0;
  product1 += rows0_0.y * weight0;
  product2 += rows0_0.z * weight0;
  product3 += rows0_0.w * weight0;
  product4 += rows0_1.x * weight0;
  product5 += rows0_1.y * weight0;
  product6 += rows0_1.z * weight0;
  product7 += rows0_1.w * weight0;
  let collected_1_0_0_2 = collected_1[min(first_row / 4u, ROWS4 - 1u) * 4u / 100u * 2u + 1u];
  let values0_0_2 = encoder_dense_3__z_values[min(first_row / 4u, ROWS4 - 1u) * 4u / 100u * 2u + 165u];
  let normal0_0_5 = step_standard_normal[min(first_row / 4u, ROWS4 - 1u) * 4u * 2u + 1u];
  let normal0_0_6 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 1u) * 2u + 1u];
  let normal0_0_7 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 2u) * 2u + 1u];
  let normal0_0_8 = step_standard_normal[(min(first_row / 4u, ROWS4 - 1u) * 4u + 3u) * 2u + 1u];
  let rows0_0_2 = collected_1_0_0_2 + values0_0_2 * vec4f(normal0_0_5, normal0_0_6, normal0_0_7, normal0_0_8);
  let collected_1_0_1_2 = collected_1[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u / 100u * 2u + 1u];
  let values0_1_2 = encoder_dense_3__z_values[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u / 100u * 2u + 165u];
  let normal0_1_5 = step_standard_normal[min(first_row / 4u + 1u, ROWS4 - 1u) * 4u * 2u + 1u];
  let normal0_1_6 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 1u) * 2u + 1u];
  let normal0_1_7 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 2u) * 2u + 1u];
  let normal0_1_8 = step_standard_normal[(min(first_row / 4u + 1u, ROWS4 - 1u) * 4u + 3u) * 2u + 1u];
  let rows0_1_2 = collected_1_0_1_2 + values0_1_2 * vec4f(normal0_1_5, normal0_1_6, normal0_1_7, normal0_1_8);
  let weight0_2 = decoder_dense_1_weight[COLUMNS4 + column4];
  product0 += rows0_0_2.x * weight0_2;
  product1 += rows0_0_2.y * weight0_2;
  product2 += rows0_0_2.z * weight0_2;
  product3 += rows0_0_2.w * weight0_2;
  product4 += rows0_1_2.x * weight0_2;
  product5 += rows0_1_2.y * weight0_2;
  product6 += rows0_1_2.z * weight0_2;
  product7 += rows0_1_2.w * weight0_2;
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  let bias = decoder_dense_1_bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = total + bias;
    decoder_dense_1[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
