/** Uniform and normal numbers from threefry's words, in float64 and in scalar language. */
import * as s from '../scalar-build.ts';
import { threefry2x32, threefryWords } from '../threefry.ts';
import { logOfRatio } from './exponential.ts';
import { cosOfQuarters } from './trigonometric.ts';

const one = s.f32(1);
const key = [['key0', 'u32'], ['key1', 'u32']] as const; // prettier-ignore
const counter = [...key, ['counter0', 'u32'], ['counter1', 'u32']] as const;
const place = [...key, ['row', 'u32'], ['column', 'u32']] as const;

export const threefryFunction = s.define(
  'threefry',
  'the first word of threefry2x32, 20 rounds',
  counter,
  (keep, key0, key1, counter0, counter1) => threefryWords(keep, [key0!, key1!], [counter0!, counter1!])[0],
);

export const threefrySecondFunction = s.define(
  'threefry_second',
  'the second word of threefry2x32, 20 rounds',
  counter,
  (keep, key0, key1, counter0, counter1) => threefryWords(keep, [key0!, key1!], [counter0!, counter1!])[1],
);

const largestBelowOne = 1 - 2 ** -24;

/** (w + ½) / 2^32 of a word w: never 0, and held below 1. */
export function standardUniformOf(key0: number, key1: number, row: number, column: number): number {
  const [word] = threefry2x32(key0, key1, row, column);
  return Math.min((word + 0.5) / 2 ** 32, largestBelowOne);
}

export const standardUniformFunction = s.define(
  'standard_uniform',
  "a uniform number in (0, 1): (w + 1/2) / 2^32 of threefry's first word w",
  place,
  (_, ...[key0, key1, row, column]) => {
    const word = s.call(threefryFunction, key0!, key1!, row!, column!);
    return s.min(s.mul(s.add(s.toF32(word), s.f32(0.5)), s.f32(2 ** -32)), s.f32(largestBelowOne));
  },
);

/** √(-2 log u) cos(2π v) for an even column, the sine for the odd one after it (Box & Muller, 1958). */
export function standardNormalOf(key0: number, key1: number, row: number, column: number): number {
  const [word, angle] = threefry2x32(key0, key1, row, column >>> 1);
  // log of (w + ½) / 2^32 from the end that it is near to.
  const isLow = word < 2 ** 31;
  const logUniform = isLow ? Math.log((word + 0.5) / 2 ** 32) : Math.log1p(-(2 ** 32 - 1 - word + 0.5) / 2 ** 32);
  const turned = (angle - (column % 2) * 2 ** 30 + 2 ** 32) % 2 ** 32;
  const quarter = Math.floor((turned + 2 ** 29) / 2 ** 30) % 4;
  const rest = ((turned - Math.floor((turned + 2 ** 29) / 2 ** 30) * 2 ** 30) / 2 ** 31) * Math.PI;
  const size = [Math.cos(rest), -Math.sin(rest), -Math.cos(rest), Math.sin(rest)][quarter]!;
  return Math.sqrt(-2 * logUniform) * size;
}

/** The words of log(√½) in f32: what is added to a number's bits so that its mantissa lies in [√½, √2). */
const rootHalfBits = 0x3f3504f3;
const oneBits = 0x3f800000;

/**
 * log of (w + ½) / 2^32, for every word w a negative number: below a half by exponent and mantissa m in [√½, √2),
 * e log 2 + log m; above, log(1 - x) with 1 - x not formed. Both logs are 2 atanh(t), of (m - 1) / (m + 1) and of
 * -x / (2 - x).
 */
const logUniformFunction = s.define(
  'log_uniform',
  'log((w + 1/2) / 2^32), negative for every w',
  [['word', 'u32']],
  (keep, word) => {
    const isLow = keep('is_low', s.lt(word!, s.u32(2 ** 31)));
    const near = s.select(isLow, word!, s.bitXor(word!, s.u32(0xffffffff)));
    const x = keep('x', s.mul(s.add(s.toF32(near), s.f32(0.5)), s.f32(2 ** -32)));
    const bits = keep('bits', s.bitsToU32(x));
    const exponent = keep('exponent', s.shiftRight(s.add(bits, s.u32(oneBits - rootHalfBits)), s.u32(23)));
    const scaled = s.sub(s.add(bits, s.u32(oneBits)), s.shiftLeft(exponent, s.u32(23)));
    const mantissa = keep('mantissa', s.bitsToF32(scaled));
    const up = s.select(isLow, s.sub(mantissa, one), s.neg(x));
    const down = s.select(isLow, s.add(mantissa, one), s.sub(s.f32(2), x));
    const t = keep('t', s.div(up, down));
    const twos = keep('twos', s.select(isLow, s.sub(s.toF32(exponent), s.f32(127)), s.f32(0)));
    return s.fma(twos, s.f32(Math.LN2), logOfRatio(t, keep));
  },
);

/** The angle 2π w / 2^32 as quarter turns and a rest, from the bits: no digit is lost and no multiple of 2π taken off. */
const cosTurnFunction = s.define('cos_turn', 'cos(2π w / 2^32)', [['word', 'u32']], (keep, word) => {
  const quarter = keep('quarter', s.shiftRight(s.add(word!, s.u32(2 ** 29)), s.u32(30)));
  const rest = keep('rest', s.sub(word!, s.shiftLeft(quarter, s.u32(30))));
  // The rest is in [-2^29, 2^29) as a signed word.
  const isNegative = keep('is_negative', s.ge(rest, s.u32(2 ** 31)));
  const size = keep('size_of_rest', s.toF32(s.select(isNegative, s.sub(s.u32(0), rest), rest)));
  const a = keep('a', s.mul(s.select(isNegative, s.neg(size), size), s.f32(Math.PI / 2 ** 31)));
  return cosOfQuarters(quarter, a, keep);
});

export const standardNormalFunction = s.define(
  'standard_normal',
  "a standard normal number: Box-Muller of threefry's two words, the cosine for even columns, the sine for odd ones",
  place,
  (keep, key0, key1, row, column) => {
    const [word, angle] = threefryWords(keep, [key0!, key1!], [row!, s.shiftRight(column!, s.u32(1))]);
    const radius = keep('radius', s.sqrt(s.mul(s.f32(-2), s.call(logUniformFunction, word))));
    // sin θ = cos(θ - π/2).
    const back = s.shiftLeft(s.bitAnd(column!, s.u32(1)), s.u32(30));
    return s.mul(radius, s.call(cosTurnFunction, s.sub(angle, back)));
  },
);
