// sum = Σ_k decoder_dense_2_gradient_add[k, column]
// product = Σ_k decoder_dense_1[k, row] · decoder_dense_2_gradient_add[k, column]
// decoder_dense_2_bias_gradient[column] = sum   [64]
// decoder_dense_2_weight_gradient[row, column] = product   [64, 64]
// decoder_dense_2_weight_gradient_sum[2 row + column] Σ of 32 columns = square(product)   [64, 2]
// decoder_dense_2_bias_gradient_square[column] = square(sum)   [64]

@group(0) @binding(1) var<storage, read>       decoder_dense_2_gradient_add : array<vec4f>;          // [200, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_1 : array<vec4f>;                       // [200, 64]
@group(0) @binding(3) var<storage, read_write> decoder_dense_2_bias_gradient : array<vec4f>;         // [64]
@group(0) @binding(4) var<storage, read_write> decoder_dense_2_weight_gradient_out : array<vec4f>;   // [64, 64]
@group(0) @binding(5) var<storage, read_write> decoder_dense_2_weight_gradient_sum : array<f32>;     // [64, 2]
@group(0) @binding(6) var<storage, read_write> decoder_dense_2_bias_gradient_square : array<vec4f>;  // [64]

const K = 200u;
const ROWS4 = 16u;
const COLUMNS4 = 16u;

var<workgroup> decoder_dense_2_weight_gradient_sum_parts : array<f32, 512>;

@compute @workgroup_size(64)
fn decoder_dense_2_weight_gradient(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  var sum = vec4f();
  for (var k = 0u; k < K; k += 4u) {
    let decoder_dense_1_0_0 = decoder_dense_1[k * ROWS4 + first_row / 4u];
    let decoder_dense_1_0_1 = decoder_dense_1[k * ROWS4 + first_row / 4u + 1u];
    let decoder_dense_1_1_0 = decoder_dense_1[(k + 1u) * ROWS4 + first_row / 4u];
    let decoder_dense_1_1_1 = decoder_dense_1[(k + 1u) * ROWS4 + first_row / 4u + 1u];
    let decoder_dense_1_2_0 = decoder_dense_1[(k + 2u) * ROWS4 + first_row / 4u];
    let decoder_dense_1_2_1 = decoder_dense_1[(k + 2u) * ROWS4 + first_row / 4u + 1u];
    let decoder_dense_1_3_0 = decoder_dense_1[(k + 3u) * ROWS4 + first_row / 4u];
    let decoder_dense_1_3_1 = decoder_dense_1[(k + 3u) * ROWS4 + first_row / 4u + 1u];
    let decoder_dense_2_gradient_add0 = decoder_dense_2_gradient_add[k * COLUMNS4 + column4];
    let decoder_dense_2_gradient_add1 = decoder_dense_2_gradient_add[(k + 1u) * COLUMNS4 + column4];
    let decoder_dense_2_gradient_add2 = decoder_dense_2_gradient_add[(k + 2u) * COLUMNS4 + column4];
    let decoder_dense_2_gradient_add3 = decoder_dense_2_gradient_add[(k + 3u) * COLUMNS4 + column4];
    product0 += decoder_dense_1_0_0.x * decoder_dense_2_gradient_add0 + decoder_dense_1_1_0.x
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_0.x * decoder_dense_2_gradient_add2 + decoder_dense_1_3_0.x
        * decoder_dense_2_gradient_add3;
    product1 += decoder_dense_1_0_0.y * decoder_dense_2_gradient_add0 + decoder_dense_1_1_0.y
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_0.y * decoder_dense_2_gradient_add2 + decoder_dense_1_3_0.y
        * decoder_dense_2_gradient_add3;
    product2 += decoder_dense_1_0_0.z * decoder_dense_2_gradient_add0 + decoder_dense_1_1_0.z
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_0.z * decoder_dense_2_gradient_add2 + decoder_dense_1_3_0.z
        * decoder_dense_2_gradient_add3;
    product3 += decoder_dense_1_0_0.w * decoder_dense_2_gradient_add0 + decoder_dense_1_1_0.w
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_0.w * decoder_dense_2_gradient_add2 + decoder_dense_1_3_0.w
        * decoder_dense_2_gradient_add3;
    product4 += decoder_dense_1_0_1.x * decoder_dense_2_gradient_add0 + decoder_dense_1_1_1.x
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_1.x * decoder_dense_2_gradient_add2 + decoder_dense_1_3_1.x
        * decoder_dense_2_gradient_add3;
    product5 += decoder_dense_1_0_1.y * decoder_dense_2_gradient_add0 + decoder_dense_1_1_1.y
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_1.y * decoder_dense_2_gradient_add2 + decoder_dense_1_3_1.y
        * decoder_dense_2_gradient_add3;
    product6 += decoder_dense_1_0_1.z * decoder_dense_2_gradient_add0 + decoder_dense_1_1_1.z
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_1.z * decoder_dense_2_gradient_add2 + decoder_dense_1_3_1.z
        * decoder_dense_2_gradient_add3;
    product7 += decoder_dense_1_0_1.w * decoder_dense_2_gradient_add0 + decoder_dense_1_1_1.w
        * decoder_dense_2_gradient_add1 + decoder_dense_1_2_1.w * decoder_dense_2_gradient_add2 + decoder_dense_1_3_1.w
        * decoder_dense_2_gradient_add3;
    sum += decoder_dense_2_gradient_add0;
    sum += decoder_dense_2_gradient_add1;
    sum += decoder_dense_2_gradient_add2;
    sum += decoder_dense_2_gradient_add3;
  }
  if (first_row == 0u) {
    decoder_dense_2_bias_gradient[column4] = sum;
    decoder_dense_2_bias_gradient_square[column4] = sum * sum;
  }
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = first_row + 8u;
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let part4 = total * total;
    let part = part4.x + part4.y + (part4.z + part4.w);
    decoder_dense_2_weight_gradient_sum_parts[(row - first_row) * 64u + lane] = part;
    decoder_dense_2_weight_gradient_out[row * COLUMNS4 + column4] = total;
  }
  workgroupBarrier();
  for (var r = lane % 8u % 8u; r < 8u; r += 8u) {
    let total = decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u)]
        + decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 1u]
        + (decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 2u]
        + decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 3u])
        + (decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 4u]
        + decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 5u]
        + (decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 6u]
        + decoder_dense_2_weight_gradient_sum_parts[r * 64u + (lane - lane % 8u % 8u) + 7u]));
    decoder_dense_2_weight_gradient_sum[(first_row + r) * 2u + group.x] = total;
  }
}
