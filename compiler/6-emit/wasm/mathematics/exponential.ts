/**
 * e^x and 2^x for WebAssembly, which has neither: the argument is reduced to k halvings or doublings and a rest (Cody &
 * Waite, Software Manual for the Elementary Functions, 1980), a polynomial gives the rest's power, and k is added to the
 * exponent's bits. Results below 2^-126 are 0, those past the largest float infinite, and NaN stays NaN.
 */
import * as s from '../../../ops/scalar-build.ts';
import { inPairs } from './polynomial.ts';

/** 1.5 · 2^23: adding it rounds to a whole number, which its low bits then are. */
const rounder = 3 * 2 ** 22;
const largestFloat = 3.4028234663852886e38;

/** log 2 in two parts; the first has 10 bits, so that its product with k is exact. */
const ln2 = [0.693359375, -2.1219444e-4] as const;

/** q with e^r = 1 + r + r² q(r) for |r| <= log(2) / 2, to 3.2e-9 of the power; our own minimax fit. */
const naturalSeries = [0.4999999404, 0.1666652113, 0.04166826606, 0.00836867746, 0.001382073388];

/** q with 2^r = 1 + r q(r) for |r| <= 1/2, to 3.1e-9 of the power; our own minimax fit. */
const binarySeries = [0.6931471825, 0.2402264774, 0.0555035956, 0.009618505836, 0.001339102513, 0.0001532678143];

/** The f32 numbers between which the result is one of the normal numbers. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** power · 2^k within the bounds, 0 below them, infinity above; `shifted` is k + `rounder`. */
function scaled(x: s.Scalar, power: s.Scalar, shifted: s.Scalar, { low, high }: Bounds, keep: s.Keep): s.Scalar {
  const exponent = s.shiftLeft(s.bitsToU32(shifted), s.u32(23));
  const product = keep('product', s.bitsToF32(s.add(s.bitsToU32(power), exponent)));
  const small = keep('small', s.select(s.lt(x, s.f32(low)), s.f32(0), product));
  // Past the bound x times the largest float is infinite, and NaN where x is.
  return s.select(s.le(x, s.f32(high)), small, s.mul(x, s.f32(largestFloat)));
}

export const expFunction = s.define('exp', 'e^x within 1.5 ULP; 0 below 2^-126', [['x', 'f32']], (keep, x) => {
  const shifted = keep('shifted', s.fma(x!, s.f32(Math.LOG2E), s.f32(rounder)));
  const k = keep('k', s.sub(shifted, s.f32(rounder)));
  const rest = keep('rest', s.fma(s.neg(k), s.f32(ln2[1]), s.fma(s.neg(k), s.f32(ln2[0]), x!)));
  const square = keep('square', s.mul(rest, rest));
  const power = s.add(s.fma(square, inPairs(rest, naturalSeries, keep, square), rest), s.f32(1));
  return scaled(x!, power, shifted, { low: -87.33654022216797, high: 88.72283172607422 }, keep);
});

export const exp2Function = s.define('exp2', '2^x within 2 ULP; 0 below 2^-126', [['x', 'f32']], (keep, x) => {
  const shifted = keep('shifted', s.add(x!, s.f32(rounder)));
  const rest = keep('rest', s.sub(x!, s.sub(shifted, s.f32(rounder))));
  const power = s.fma(rest, inPairs(rest, binarySeries, keep), s.f32(1));
  return scaled(x!, power, shifted, { low: -126, high: 127.99999237060547 }, keep);
});
