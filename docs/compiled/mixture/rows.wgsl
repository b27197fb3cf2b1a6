// rows[element] = shuffled_row(select(offset + element >= rows, offset + element - rows, offset + element), rows,
//     threefry(2588713170, seed, epoch + select(offset + element >= rows, 1, 0), 0))   [200]

struct Scalars {
  offset : u32,
  rows : u32,
  seed : u32,
  epoch : u32,
}
@group(0) @binding(0) var<uniform> scalars : Scalars;

@group(0) @binding(1) var<storage, read_write> rows_out : array<vec4u>;  // [200]

const ELEMENTS4 = 50u;

// the first word of threefry2x32, 20 rounds
fn threefry_vec4(key0 : vec4u, key1 : vec4u, counter0 : vec4u, counter1 : vec4u) -> vec4u {
  let key2 = (key0 ^ key1) ^ vec4u(0x1bd11bdau);
  let x_0 = counter0 + key0;
  let y_0 = counter1 + key1;
  let x_1 = x_0 + y_0;
  let y_1 = ((y_0 << vec4u(13u)) | (y_0 >> vec4u(19u))) ^ x_1;
  let x_2 = x_1 + y_1;
  let y_2 = ((y_1 << vec4u(15u)) | (y_1 >> vec4u(17u))) ^ x_2;
  let x_3 = x_2 + y_2;
  let y_3 = ((y_2 << vec4u(26u)) | (y_2 >> vec4u(6u))) ^ x_3;
  let x_4 = x_3 + y_3;
  let y_4 = ((y_3 << vec4u(6u)) | (y_3 >> vec4u(26u))) ^ x_4;
  let x_key_1 = x_4 + key1;
  let y_key_1 = y_4 + key2 + 1u;
  let x_5 = x_key_1 + y_key_1;
  let y_5 = ((y_key_1 << vec4u(17u)) | (y_key_1 >> vec4u(15u))) ^ x_5;
  let x_6 = x_5 + y_5;
  let y_6 = ((y_5 << vec4u(29u)) | (y_5 >> vec4u(3u))) ^ x_6;
  let x_7 = x_6 + y_6;
  let y_7 = ((y_6 << vec4u(16u)) | (y_6 >> vec4u(16u))) ^ x_7;
  let x_8 = x_7 + y_7;
  let y_8 = ((y_7 << vec4u(24u)) | (y_7 >> vec4u(8u))) ^ x_8;
  let x_key_2 = x_8 + key2;
  let y_key_2 = y_8 + key0 + 2u;
  let x_9 = x_key_2 + y_key_2;
  let y_9 = ((y_key_2 << vec4u(13u)) | (y_key_2 >> vec4u(19u))) ^ x_9;
  let x_10 = x_9 + y_9;
  let y_10 = ((y_9 << vec4u(15u)) | (y_9 >> vec4u(17u))) ^ x_10;
  let x_11 = x_10 + y_10;
  let y_11 = ((y_10 << vec4u(26u)) | (y_10 >> vec4u(6u))) ^ x_11;
  let x_12 = x_11 + y_11;
  let y_12 = ((y_11 << vec4u(6u)) | (y_11 >> vec4u(26u))) ^ x_12;
  let x_key_3 = x_12 + key0;
  let y_key_3 = y_12 + key1 + 3u;
  let x_13 = x_key_3 + y_key_3;
  let y_13 = ((y_key_3 << vec4u(17u)) | (y_key_3 >> vec4u(15u))) ^ x_13;
  let x_14 = x_13 + y_13;
  let y_14 = ((y_13 << vec4u(29u)) | (y_13 >> vec4u(3u))) ^ x_14;
  let x_15 = x_14 + y_14;
  let y_15 = ((y_14 << vec4u(16u)) | (y_14 >> vec4u(16u))) ^ x_15;
  let x_16 = x_15 + y_15;
  let y_16 = ((y_15 << vec4u(24u)) | (y_15 >> vec4u(8u))) ^ x_16;
  let x_key_4 = x_16 + key1;
  let y_key_4 = y_16 + key2 + 4u;
  let x_17 = x_key_4 + y_key_4;
  let y_17 = ((y_key_4 << vec4u(13u)) | (y_key_4 >> vec4u(19u))) ^ x_17;
  let x_18 = x_17 + y_17;
  let y_18 = ((y_17 << vec4u(15u)) | (y_17 >> vec4u(17u))) ^ x_18;
  let x_19 = x_18 + y_18;
  let y_19 = ((y_18 << vec4u(26u)) | (y_18 >> vec4u(6u))) ^ x_19;
  let x_20 = x_19 + y_19;
  let y_20 = ((y_19 << vec4u(6u)) | (y_19 >> vec4u(26u))) ^ x_20;
  let x_key_5 = x_20 + key2;
  let y_key_5 = y_20 + key0 + 5u;
  return x_key_5;
}

// MurmurHash3's finalizer
fn mix_bits_vec4(word : vec4u) -> vec4u {
  let first = (word ^ (word >> vec4u(16u))) * 0x85ebca6bu;
  let second = (first ^ (first >> vec4u(13u))) * 0xc2b2ae35u;
  return second ^ (second >> vec4u(16u));
}

// x, or its partner (K - x) mod count, by a bit that both share
fn swap_or_not_vec4(x : vec4u, count : vec4u, round_ : vec4u) -> vec4u {
  let round_key = mix_bits_vec4(round_);
  let turn = round_key % count;
  let partner = select(turn + count - x, turn - x, turn >= x);
  let shared_ = mix_bits_vec4(max(x, partner) + mix_bits_vec4(round_key));
  return select(x, partner, shared_ >= vec4u(0x80000000u));
}

// where a keyed permutation of 0 .. count - 1 takes the index: 32 rounds of swap-or-not
fn shuffled_row_vec4(index : vec4u, count : vec4u, key : vec4u) -> vec4u {
  let x_1 = swap_or_not_vec4(index, count, key + 0x9e3779b9u);
  let x_2 = swap_or_not_vec4(x_1, count, key + 0x3c6ef372u);
  let x_3 = swap_or_not_vec4(x_2, count, key + 0xdaa66d2bu);
  let x_4 = swap_or_not_vec4(x_3, count, key + 0x78dde6e4u);
  let x_5 = swap_or_not_vec4(x_4, count, key + 0x1715609du);
  let x_6 = swap_or_not_vec4(x_5, count, key + 0xb54cda56u);
  let x_7 = swap_or_not_vec4(x_6, count, key + 0x5384540fu);
  let x_8 = swap_or_not_vec4(x_7, count, key + 0xf1bbcdc8u);
  let x_9 = swap_or_not_vec4(x_8, count, key + 0x8ff34781u);
  let x_10 = swap_or_not_vec4(x_9, count, key + 0x2e2ac13au);
  let x_11 = swap_or_not_vec4(x_10, count, key + 0xcc623af3u);
  let x_12 = swap_or_not_vec4(x_11, count, key + 0x6a99b4acu);
  let x_13 = swap_or_not_vec4(x_12, count, key + 0x8d12e65u);
  let x_14 = swap_or_not_vec4(x_13, count, key + 0xa708a81eu);
  let x_15 = swap_or_not_vec4(x_14, count, key + 0x454021d7u);
  let x_16 = swap_or_not_vec4(x_15, count, key + 0xe3779b90u);
  let x_17 = swap_or_not_vec4(x_16, count, key + 0x81af1549u);
  let x_18 = swap_or_not_vec4(x_17, count, key + 0x1fe68f02u);
  let x_19 = swap_or_not_vec4(x_18, count, key + 0xbe1e08bbu);
  let x_20 = swap_or_not_vec4(x_19, count, key + 0x5c558274u);
  let x_21 = swap_or_not_vec4(x_20, count, key + 0xfa8cfc2du);
  let x_22 = swap_or_not_vec4(x_21, count, key + 0x98c475e6u);
  let x_23 = swap_or_not_vec4(x_22, count, key + 0x36fbef9fu);
  let x_24 = swap_or_not_vec4(x_23, count, key + 0xd5336958u);
  let x_25 = swap_or_not_vec4(x_24, count, key + 0x736ae311u);
  let x_26 = swap_or_not_vec4(x_25, count, key + 0x11a25ccau);
  let x_27 = swap_or_not_vec4(x_26, count, key + 0xafd9d683u);
  let x_28 = swap_or_not_vec4(x_27, count, key + 0x4e11503cu);
  let x_29 = swap_or_not_vec4(x_28, count, key + 0xec48c9f5u);
  let x_30 = swap_or_not_vec4(x_29, count, key + 0x8a8043aeu);
  let x_31 = swap_or_not_vec4(x_30, count, key + 0x28b7bd67u);
  let x_32 = swap_or_not_vec4(x_31, count, key + 0xc6ef3720u);
  return x_32;
}

@compute @workgroup_size(64)
fn rows(@builtin(workgroup_id) group : vec3u, @builtin(local_invocation_index) lane : u32) {
  let element4 = group.x * 64u + lane;
  if (element4 >= ELEMENTS4) { return; }
  let total = scalars.offset + (element4 * 4u + vec4u(0u, 1u, 2u, 3u));
  let ge_value = total >= vec4u(scalars.rows);
  let threefry_value = threefry_vec4(vec4u(0x9a4ca0d2u), vec4u(scalars.seed), scalars.epoch
      + select(vec4u(), vec4u(1u), ge_value), vec4u());
  rows_out[element4] = shuffled_row_vec4(select(total, total - scalars.rows, ge_value), vec4u(scalars.rows),
      threefry_value);
}
