/** Scalar functions around exp and log that keep their digits near 0 and do not overflow. */
import * as s from '../scalar-build.ts';

const one = s.f32(1);

/** q with atanh(t) = t + t³ q(t²) for |t| <= 1/3, to 4e-10 of the result; our own minimax fit. */
export const atanhTail: readonly number[] = [0.3333320656, 0.2001084959, 0.139995697, 0.1401223282];

/** log((1 + t) / (1 - t)) = 2 atanh(t) for |t| <= 1/3; with t = x / (2 + x) it is log(1 + x). */
export function logOfRatio(t: s.Scalar, keep: s.Keep): s.Scalar {
  const square = keep('t2', s.mul(t, t));
  const twice = keep('twice', s.mul(s.f32(2), t));
  return s.fma(s.mul(twice, square), s.polynomial(square, atanhTail), twice);
}

/** With t = x / (2 + x), 1 + x = (1 + t) / (1 - t); x in [-1/2, 1] is |t| <= 1/3. Elsewhere log(1 + x) loses nothing. */
export const log1pFunction = s.define('log1p', 'log(1 + x), accurate near 0', [['x', 'f32']], (keep, x) => {
  const isNear = keep('is_near', s.and(s.ge(x!, s.f32(-0.5)), s.le(x!, one)));
  const near = keep('near', s.select(isNear, x!, s.f32(0)));
  const t = keep('t', s.div(near, s.add(s.f32(2), near)));
  const series = keep('series', logOfRatio(t, keep));
  return s.select(isNear, series, s.log(s.select(isNear, one, s.add(one, x!))));
});

/** q with e^x = 1 + x + x² q(x) for |x| <= 0.7, to 2e-9 of e^x - 1; our own minimax fit. */
const expTail = [
  0.4999999993, 0.1666667267, 0.04166668639, 0.008332590518, 0.001388755643, 0.0002010224424, 2.51331753e-5,
];

export const expm1Function = s.define('expm1', 'exp(x) - 1, accurate near 0', [['x', 'f32']], (keep, x) => {
  const isNear = keep('is_near', s.lt(s.abs(x!), s.f32(0.65)));
  const near = keep('near', s.select(isNear, x!, s.f32(0)));
  const series = keep('series', s.fma(s.mul(near, near), s.polynomial(near, expTail), near));
  return s.select(isNear, series, s.sub(s.exp(x!), one));
});

export const softplusFunction = s.define(
  'softplus',
  'log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), without overflow',
  [['x', 'f32']],
  (keep, x) => {
    const e = keep('e', s.exp(s.neg(s.abs(x!))));
    const t = keep('t', s.div(e, s.add(s.f32(2), e)));
    return s.add(s.max(x!, s.f32(0)), logOfRatio(t, keep));
  },
);

export const sigmoidFunction = s.define('sigmoid', '1 / (1 + exp(-x)), without overflow', [['x', 'f32']], (keep, x) => {
  const e = keep('e', s.exp(s.neg(s.abs(x!))));
  return s.div(s.select(s.lt(x!, s.f32(0)), e, one), s.add(one, e));
});

/** With m = exp(-2|x|) - 1: tanh|x| = -m / (m + 2), which neither overflows nor cancels. */
export const tanhFunction = s.define(
  'tanh',
  'tanh(x), accurate near 0, without overflow',
  [['x', 'f32']],
  (keep, x) => {
    const m = keep('m', s.call(expm1Function, s.mul(s.f32(-2), s.abs(x!))));
    const size = keep('size', s.div(s.neg(m), s.add(m, s.f32(2))));
    return s.select(s.lt(x!, s.f32(0)), s.neg(size), size);
  },
);
