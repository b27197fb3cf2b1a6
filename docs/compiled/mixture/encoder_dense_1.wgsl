// product = Σ_k mixture_train_x[rows[row], k] · encoder_dense_1_weight[k, column]
// x_add[row, column] = product + encoder_dense_1_bias[column]   [200, 64]
// encoder_dense_1[row, column] = (product + encoder_dense_1_bias[column]) * sigmoid(product +
//     encoder_dense_1_bias[column])   [200, 64]

@group(0) @binding(1) var<storage, read_write> rows : array<u32>;                      // [200]
@group(0) @binding(2) var<storage, read>       mixture_train_x : array<f32>;           // [rows, 2]
@group(0) @binding(3) var<storage, read>       encoder_dense_1_weight : array<vec4f>;  // [2, 64]
@group(0) @binding(4) var<storage, read>       encoder_dense_1_bias : array<vec4f>;    // [64]
@group(0) @binding(5) var<storage, read_write> x_add : array<vec4f>;                   // [200, 64]
@group(0) @binding(6) var<storage, read_write> encoder_dense_1_out : array<vec4f>;     // [200, 64]

const ROWS = 200u;
const COLUMNS4 = 16u;

// 1 / (1 + exp(-x)), without overflow
fn sigmoid_vec4(x : vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(vec4f(1.0), e, x < vec4f()) / (1.0 + e);
}

@compute @workgroup_size(64)
fn encoder_dense_1(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
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
  let rows0 = rows[first_row_inside];
  let x0 = mixture_train_x[rows0 * 2u];
  let rows1 = rows[first_row_inside + 1u];
  let x1 = mixture_train_x[rows1 * 2u];
  let rows2 = rows[first_row_inside + 2u];
  let x2 = mixture_train_x[rows2 * 2u];
  let rows3 = rows[first_row_inside + 3u];
  let x3 = mixture_train_x[rows3 * 2u];
  let rows4 = rows[first_row_inside + 4u];
  let x4 = mixture_train_x[rows4 * 2u];
  let rows5 = rows[first_row_inside + 5u];
  let x5 = mixture_train_x[rows5 * 2u];
  let rows6 = rows[first_row_inside + 6u];
  let x6 = mixture_train_x[rows6 * 2u];
  let rows7 = rows[first_row_inside + 7u];
  let x7 = mixture_train_x[rows7 * 2u];
  let weight0 = encoder_dense_1_weight[column4];
  product0 += x0 * weight0;
  product1 += x1 * weight0;
  product2 += x2 * weight0;
  product3 += x3 * weight0;
  product4 += x4 * weight0;
  product5 += x5 * weight0;
  product6 += x6 * weight0;
  product7 += x7 * weight0;
  let x0_2 = mixture_train_x[rows0 * 2u + 1u];
  let x1_2 = mixture_train_x[rows1 * 2u + 1u];
  let x2_2 = mixture_train_x[rows2 * 2u + 1u];
  let x3_2 = mixture_train_x[rows3 * 2u + 1u];
  let x4_2 = mixture_train_x[rows4 * 2u + 1u];
  let x5_2 = mixture_train_x[rows5 * 2u + 1u];
  let x6_2 = mixture_train_x[rows6 * 2u + 1u];
  let x7_2 = mixture_train_x[rows7 * 2u + 1u];
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
    x_add[row * COLUMNS4 + column4] = total2;
    encoder_dense_1_out[row * COLUMNS4 + column4] = total2 * sigmoid_vec4(total2);
  }
}
