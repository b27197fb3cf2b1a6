// encoder_dense_1[row, column] = (Σ_k mixture_test_x[min(first + row, rows - 1), k] · encoder_dense_1_weight[k,
//     column] + encoder_dense_1_bias[column]) * sigmoid(Σ_k mixture_test_x[min(first + row, rows - 1), k] ·
//     encoder_dense_1_weight[k, column] + encoder_dense_1_bias[column])   [81, 64]

struct Scalars {
  first : u32,
  rows : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read>       mixture_test_x : array<f32>;            // [rows, 2]
@group(0) @binding(2) var<storage, read>       encoder_dense_1_weight : array<vec4f>;  // [2, 64]
@group(0) @binding(3) var<storage, read>       encoder_dense_1_bias : array<vec4f>;    // [64]
@group(0) @binding(4) var<storage, read_write> encoder_dense_1 : array<vec4f>;         // [81, 64]

const ROWS = 81u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn encoder_dense_1__evaluate(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  let x0 = mixture_test_x[min(scalars.first + min(first_row, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x1 = mixture_test_x[min(scalars.first + min(first_row + 1u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x2 = mixture_test_x[min(scalars.first + min(first_row + 2u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x3 = mixture_test_x[min(scalars.first + min(first_row + 3u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x4 = mixture_test_x[min(scalars.first + min(first_row + 4u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x5 = mixture_test_x[min(scalars.first + min(first_row + 5u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x6 = mixture_test_x[min(scalars.first + min(first_row + 6u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let x7 = mixture_test_x[min(scalars.first + min(first_row + 7u, ROWS - 1u), scalars.rows - 1u) * 2u];
  let weight0 = encoder_dense_1_weight[column4];
  product0 += x0 * weight0;
  product1 += x1 * weight0;
  product2 += x2 * weight0;
  product3 += x3 * weight0;
  product4 += x4 * weight0;
  product5 += x5 * weight0;
  product6 += x6 * weight0;
  product7 += x7 * weight0;
  let x0_2 = mixture_test_x[min(scalars.first + min(first_row, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x1_2 = mixture_test_x[min(scalars.first + min(first_row + 1u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x2_2 = mixture_test_x[min(scalars.first + min(first_row + 2u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x3_2 = mixture_test_x[min(scalars.first + min(first_row + 3u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x4_2 = mixture_test_x[min(scalars.first + min(first_row + 4u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x5_2 = mixture_test_x[min(scalars.first + min(first_row + 5u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x6_2 = mixture_test_x[min(scalars.first + min(first_row + 6u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let x7_2 = mixture_test_x[min(scalars.first + min(first_row + 7u, ROWS - 1u), scalars.rows - 1u) * 2u + 1u];
  let weight0_2 = encoder_dense_1_weight[COLUMNS4 + column4];
  product0 += x0_2 * weight0_2;
  product1 += x1_2 * weight0_2;
  product2 += x2_2 * weight0_2;
  product3 += x3_2 * weight0_2;
  product4 += x4_2 * weight0_2;
  product5 += x5_2 * weight0_2;
  product6 += x6_2 * weight0_2;
  product7 += x7_2 * weight0_2;
  var product_of_row = array<vec4f, 8>(product0, product1, product2, product3, product4, product5, product6, product7);
  let end_row = min(first_row + 8u, ROWS);
  let bias = encoder_dense_1_bias[column4];
  for (var row = first_row; row < end_row; row++) {
    let total = product_of_row[row - first_row];
    let total2 = total + bias;
    encoder_dense_1[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
