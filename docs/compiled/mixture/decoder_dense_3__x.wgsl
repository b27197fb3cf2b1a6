// sample[row, column] = Σ_k decoder_dense_2[row, k] · decoder_dense_3_weight[k, column] +
//     decoder_dense_3_bias[column] + softplus(noise[]) * standard_normal(seed ^ 3841678904, 0, first + row, column)
//     [2000, 2]

struct Scalars {
  seed : u32,
  first : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read>       decoder_dense_2 : array<f32>;         // [2000, 64]
@group(0) @binding(2) var<storage, read>       decoder_dense_3_weight : array<f32>;  // [64, 2]
@group(0) @binding(3) var<storage, read>       decoder_dense_3_bias : array<f32>;    // [2]
@group(0) @binding(4) var<storage, read>       noise : array<f32>;                   // []
@group(0) @binding(5) var<storage, read_write> sample : array<f32>;                  // [2000, 2]

const POINTS = 4000u;
const K = 64u;

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), without overflow
fn softplus(x : f32) -> f32 {
  let e = exp(-abs(x));
  let t = e / (2.0 + e);
  let t2 = t * t;
  let twice = 2.0 * t;
  return max(x, 0.0) + fma(twice * t2,
      fma(fma(fma(0x1.1ef874p-3, t2, 0x1.1eb61p-3), t2, 0x1.99d27cp-3), t2, 0x1.5555p-2), twice);
}

// log((w + 1/2) / 2^32), negative for every w
fn log_uniform(word : u32) -> f32 {
  let is_low = word < 0x80000000u;
  let x = (f32(select(word ^ 0xffffffffu, word, is_low)) + 0.5) * 0x1p-32;
  let bits = bitcast<u32>(x);
  let exponent = (bits + 4913933u) >> 23u;
  let mantissa = bitcast<f32>(bits + 0x3f800000u - (exponent << 23u));
  let t = select(-x, mantissa - 1.0, is_low) / select(2.0 - x, mantissa + 1.0, is_low);
  let twos = select(0.0, f32(exponent) - 127.0, is_low);
  let t2 = t * t;
  let twice = 2.0 * t;
  return fma(twos, 0x1.62e43p-1,
      fma(twice * t2, fma(fma(fma(0x1.1ef874p-3, t2, 0x1.1eb61p-3), t2, 0x1.99d27cp-3), t2, 0x1.5555p-2), twice));
}

// cos(2π w / 2^32)
fn cos_turn(word : u32) -> f32 {
  let quarter = (word + 0x20000000u) >> 30u;
  let rest = word - (quarter << 30u);
  let is_negative = rest >= 0x80000000u;
  let size_of_rest = f32(select(rest, 0u - rest, is_negative));
  let a = select(size_of_rest, -size_of_rest, is_negative) * 0x1.921fb6p-30;
  let a2 = a * a;
  let sine = fma(a * a2, fma(fma(-0x1.994eb2p-13, a2, 0x1.11076p-7), a2, -0x1.555546p-3), a);
  let cosine = fma(a2 * a2, fma(fma(0x1.9a0258p-16, a2, -0x1.6c0c8cp-10), a2, 0x1.55554ap-5), fma(-0.5, a2, 1.0));
  let size = select(cosine, sine, (quarter & 1u) != 0u);
  return select(size, -size, ((quarter + 1u) & 2u) != 0u);
}

// a standard normal number: Box-Muller of threefry's two words, the cosine for even columns, the sine for odd ones
fn standard_normal(key0 : u32, key1 : u32, row : u32, column : u32) -> f32 {
  let key2 = (key0 ^ key1) ^ 0x1bd11bdau;
  let x_0 = row + key0;
  let y_0 = (column >> 1u) + key1;
  let x_1 = x_0 + y_0;
  let y_1 = ((y_0 << 13u) | (y_0 >> 19u)) ^ x_1;
  let x_2 = x_1 + y_1;
  let y_2 = ((y_1 << 15u) | (y_1 >> 17u)) ^ x_2;
  let x_3 = x_2 + y_2;
  let y_3 = ((y_2 << 26u) | (y_2 >> 6u)) ^ x_3;
  let x_4 = x_3 + y_3;
  let y_4 = ((y_3 << 6u) | (y_3 >> 26u)) ^ x_4;
  let x_key_1 = x_4 + key1;
  let y_key_1 = y_4 + key2 + 1u;
  let x_5 = x_key_1 + y_key_1;
  let y_5 = ((y_key_1 << 17u) | (y_key_1 >> 15u)) ^ x_5;
  let x_6 = x_5 + y_5;
  let y_6 = ((y_5 << 29u) | (y_5 >> 3u)) ^ x_6;
  let x_7 = x_6 + y_6;
  let y_7 = ((y_6 << 16u) | (y_6 >> 16u)) ^ x_7;
  let x_8 = x_7 + y_7;
  let y_8 = ((y_7 << 24u) | (y_7 >> 8u)) ^ x_8;
  let x_key_2 = x_8 + key2;
  let y_key_2 = y_8 + key0 + 2u;
  let x_9 = x_key_2 + y_key_2;
  let y_9 = ((y_key_2 << 13u) | (y_key_2 >> 19u)) ^ x_9;
  let x_10 = x_9 + y_9;
  let y_10 = ((y_9 << 15u) | (y_9 >> 17u)) ^ x_10;
  let x_11 = x_10 + y_10;
  let y_11 = ((y_10 << 26u) | (y_10 >> 6u)) ^ x_11;
  let x_12 = x_11 + y_11;
  let y_12 = ((y_11 << 6u) | (y_11 >> 26u)) ^ x_12;
  let x_key_3 = x_12 + key0;
  let y_key_3 = y_12 + key1 + 3u;
  let x_13 = x_key_3 + y_key_3;
  let y_13 = ((y_key_3 << 17u) | (y_key_3 >> 15u)) ^ x_13;
  let x_14 = x_13 + y_13;
  let y_14 = ((y_13 << 29u) | (y_13 >> 3u)) ^ x_14;
  let x_15 = x_14 + y_14;
  let y_15 = ((y_14 << 16u) | (y_14 >> 16u)) ^ x_15;
  let x_16 = x_15 + y_15;
  let y_16 = ((y_15 << 24u) | (y_15 >> 8u)) ^ x_16;
  let x_key_4 = x_16 + key1;
  let y_key_4 = y_16 + key2 + 4u;
  let x_17 = x_key_4 + y_key_4;
  let y_17 = ((y_key_4 << 13u) | (y_key_4 >> 19u)) ^ x_17;
  let x_18 = x_17 + y_17;
  let y_18 = ((y_17 << 15u) | (y_17 >> 17u)) ^ x_18;
  let x_19 = x_18 + y_18;
  let y_19 = ((y_18 << 26u) | (y_18 >> 6u)) ^ x_19;
  let x_20 = x_19 + y_19;
  let y_20 = ((y_19 << 6u) | (y_19 >> 26u)) ^ x_20;
  let x_key_5 = x_20 + key2;
  let y_key_5 = y_20 + key0 + 5u;
  let radius = sqrt(-2.0 * log_uniform(x_key_5));
  return radius * cos_turn(y_key_5 - ((column & 1u) << 30u));
}

@compute @workgroup_size(64)
fn decoder_dense_3__x(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let point = group.x * 64u + lane;
  if (point >= POINTS) { return; }
  let column = point % 2u;
  let row = point / 2u;
  var product = 0.0;
  for (var k = 0u; k < K; k++) {
    let decoder_dense_2_here = decoder_dense_2[row * K + k];
    let weight = decoder_dense_3_weight[k * 2u + column];
    product += decoder_dense_2_here * weight;
  }
  let bias = decoder_dense_3_bias[column];
  let noise_here = noise[0u];
  let total = product + bias + softplus(noise_here)
      * standard_normal(scalars.seed ^ 0xe4fb5e38u, 0u, scalars.first + row, column);
  sample[row * 2u + column] = total;
}
