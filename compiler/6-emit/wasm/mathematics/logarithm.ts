/**
 * Logarithms for WebAssembly: x is 2^k m with m in [√½, √2), from its bits, and log m a polynomial of m - 1 (after
 * Moshier's Cephes library, 1989). Of 0 it is minus infinity, of negative numbers NaN; numbers below 2^-126 are treated
 * as what they are; NaN stays NaN.
 */
import * as s from '../../../ops/scalar-build.ts';
import type { Scalar } from '../../../ops/scalar-build.ts';
import { inPairs } from './polynomial.ts';

const rootHalfBits = 0x3f3504f3;
const mantissa = 0x007fffff;
/** What lifts the numbers below the normal ones among them. */
const lift = 24;

/** log 2 in two parts; the first has 10 bits, so that its product with k is exact. */
const ln2 = [0.693359375, -2.1219444e-4] as const;

/** q with log(1 + f) = f - f²/2 + f³ q(f) for 1 + f in [√½, √2), to 5.9e-9 of the logarithm; our own minimax fit. */
const series = [
  0.333333313, -0.250008225, 0.200012505, -0.166233152, 0.14201273, -0.1316019, 0.127647638, -0.076381892,
];

const bitsToI32 = (of: Scalar): Scalar => ({ kind: 'builtin', type: 'i32', name: 'bitsToI32', args: [of] });
const i32 = (value: number): Scalar => ({ kind: 'literal', type: 'i32', value });

interface Parts {
  /** The power of two. */
  readonly k: Scalar;
  /** m - 1. */
  readonly f: Scalar;
  /** log m - f. */
  readonly rest: Scalar;
}

function partsOf(x: Scalar, keep: s.Keep): Parts {
  const isTiny = keep('is_tiny', s.lt(x, s.f32(2 ** -126)));
  const lifted = s.select(isTiny, s.mul(x, s.f32(2 ** lift)), x);
  const bits = keep('bits', s.sub(s.bitsToU32(lifted), s.u32(rootHalfBits)));
  const power = s.toF32(s.shiftRight(bitsToI32(bits), i32(23)));
  const k = keep('k', s.sub(power, s.select(isTiny, s.f32(lift), s.f32(0))));
  const m = s.bitsToF32(s.add(s.bitAnd(bits, s.u32(mantissa)), s.u32(rootHalfBits)));
  const f = keep('f', s.sub(m, s.f32(1)));
  const square = keep('f2', s.mul(f, f));
  const tail = s.mul(s.mul(square, f), inPairs(f, series, keep, square));
  return { k, f, rest: keep('rest', s.fma(s.f32(-0.5), square, tail)) };
}

/** The value for positive numbers, and the limits elsewhere. */
function limited(x: Scalar, value: Scalar, keep: s.Keep): Scalar {
  const finite = keep('finite', s.select(s.lt(x, s.f32(Infinity)), value, x));
  const nan = s.bitsToF32(s.u32(0xffffffff));
  const real = keep('real', s.select(s.lt(x, s.f32(0)), nan, finite));
  return s.select(s.eq(x, s.f32(0)), s.f32(-Infinity), real);
}

export const logFunction = s.define('log', 'log x within 1 ULP', [['x', 'f32']], (keep, x) => {
  const { k, f, rest } = partsOf(x!, keep);
  const low = s.add(f, s.fma(k, s.f32(ln2[1]), rest));
  return limited(x!, s.fma(k, s.f32(ln2[0]), low), keep);
});

/** f log2(e) with the error of log2(e) added to the rest: near 1 nothing else is left to hold the digits. */
const log2e = Math.fround(Math.LOG2E);

export const log2Function = s.define('log2', 'log2 x within 2 ULP', [['x', 'f32']], (keep, x) => {
  const { k, f, rest } = partsOf(x!, keep);
  const low = s.fma(f, s.f32(Math.LOG2E - log2e), s.mul(rest, s.f32(log2e)));
  return limited(x!, s.add(k, s.fma(f, s.f32(log2e), low)), keep);
});
