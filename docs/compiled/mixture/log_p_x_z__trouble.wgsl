// sum = Σ_i decoder_dense_3__log_p_x_z_values[i + 400]
// sum_2 = Σ_i encoder_dense_3__z_values[i + 1200]
// sum_3 = Σ_i_2 gradient_parts[i_2]
// results[0] = (sum - 0.5 * sum_2) * 0.005   [4]
// results[3] = sqrt(sum_3)   [4]
// results[2] = sum_2 * 0.0025   [4]
// results[1] = sum * 0.005   [4]
// step_eq[] = select(trouble[0] == 0 && (select(isFinite((sum - 0.5 * sum_2) * 0.005), select(isFinite(sum * 0.005),
//     select(isFinite(sum_2 * 0.0025), select(isFinite(sqrt(sum_3)) && (sqrt(sum_3) <= 10000000000000000000), 4, 3),
//     2), 1), 0) != 4), step + 1, trouble[0]) == 0   []
// trouble[0] = select(trouble[0] == 0 && (select(isFinite((sum - 0.5 * sum_2) * 0.005), select(isFinite(sum *
//     0.005), select(isFinite(sum_2 * 0.0025), select(isFinite(sqrt(sum_3)) && (sqrt(sum_3) <=
//     10000000000000000000), 4, 3), 2), 1), 0) != 4), step + 1, trouble[0])   [2]
// trouble[1] = select(trouble[0] == 0 && (select(isFinite((sum - 0.5 * sum_2) * 0.005), select(isFinite(sum *
//     0.005), select(isFinite(sum_2 * 0.0025), select(isFinite(sqrt(sum_3)) && (sqrt(sum_3) <=
//     10000000000000000000), 4, 3), 2), 1), 0) != 4), select(isFinite((sum - 0.5 * sum_2) * …), …, …), …)   [2]

struct Scalars {
  step_ : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read_write> decoder_dense_3__log_p_x_z_values : array<vec4f>;  // [600]
@group(0) @binding(2) var<storage, read_write> encoder_dense_3__z_values : array<vec4f>;          // [1400]
@group(0) @binding(3) var<storage, read>       gradient_parts : array<vec4f>;                     // [1408]
@group(0) @binding(4) var<storage, read_write> results : array<f32>;                              // [4]
@group(0) @binding(5) var<storage, read_write> step_eq : array<u32>;                              // []
@group(0) @binding(6) var<storage, read_write> trouble : array<u32>;                              // [2]

const I = 200u;
const I_2 = 1408u;

var<workgroup> of_lanes : array<f32, 64>;
var<workgroup> of_groups : array<f32, 8>;

@compute @workgroup_size(64)
fn log_p_x_z__trouble(@builtin(local_invocation_index) lane : u32) {
  var sum4 = vec4f();
  var sum_2_4 = vec4f();
  for (var i = lane * 4u; i < I; i += 256u) {
    let values = decoder_dense_3__log_p_x_z_values[i / 4u + 100u];
    sum4 += values;
    let values2 = encoder_dense_3__z_values[i / 4u + 300u];
    sum_2_4 += values2;
  }
  let sum_of_lane = sum4.x + sum4.y + (sum4.z + sum4.w);
  of_lanes[lane] = sum_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_of_group = 0.0;
    for (var i = 0u; i < 8u; i++) {
      sum_of_group += of_lanes[lane * 8u + i];
    }
    of_groups[lane] = sum_of_group;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < 8u; i++) {
    sum += of_groups[i];
  }
  let sum_2_of_lane = sum_2_4.x + sum_2_4.y + (sum_2_4.z + sum_2_4.w);
  of_lanes[lane] = sum_2_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_2_of_group = 0.0;
    for (var i = 0u; i < 8u; i++) {
      sum_2_of_group += of_lanes[lane * 8u + i];
    }
    of_groups[lane] = sum_2_of_group;
  }
  workgroupBarrier();
  var sum_2 = 0.0;
  for (var i = 0u; i < 8u; i++) {
    sum_2 += of_groups[i];
  }
  var sum_3_4 = vec4f();
  for (var i_2 = lane * 4u; i_2 < I_2; i_2 += 256u) {
    let parts = gradient_parts[i_2 / 4u];
    sum_3_4 += parts;
  }
  let sum_3_of_lane = sum_3_4.x + sum_3_4.y + (sum_3_4.z + sum_3_4.w);
  of_lanes[lane] = sum_3_of_lane;
  workgroupBarrier();
  if (lane < 8u) {
    var sum_3_of_group = 0.0;
    for (var i = 0u; i < 8u; i++) {
      sum_3_of_group += of_lanes[lane * 8u + i];
    }
    of_groups[lane] = sum_3_of_group;
  }
  workgroupBarrier();
  var sum_3 = 0.0;
  for (var i = 0u; i < 8u; i++) {
    sum_3 += of_groups[i];
  }
  let product = (sum - 0.5 * sum_2) * 0x1.47ae14p-8;
  let root = sqrt(sum_3);
  let product2 = sum_2 * 0x1.47ae14p-9;
  let product3 = sum * 0x1.47ae14p-8;
  let chosen = select(2u, select(3u, 4u, (bitcast<u32>(root) & 0x7f800000u) != 0x7f800000u && root <= 0x1.158e46p+63),
      (bitcast<u32>(product2) & 0x7f800000u) != 0x7f800000u);
  let chosen2 = select(0u, select(1u, chosen, (bitcast<u32>(product3) & 0x7f800000u) != 0x7f800000u),
      (bitcast<u32>(product) & 0x7f800000u) != 0x7f800000u);
  if (lane == 0u) {
    let trouble_here = trouble[0u];
    let and_value = trouble_here == 0u && chosen2 != 4u;
    let chosen3 = select(trouble_here, scalars.step_ + 1u, and_value);
    let trouble_here2 = trouble[1u];
    results[0u] = product;
    results[3u] = root;
    results[2u] = product2;
    results[1u] = product3;
    step_eq[0u] = select(0u, 1u, chosen3 == 0u);
    trouble[0u] = chosen3;
    trouble[1u] = select(trouble_here2, chosen2, and_value);
  }
}
