/** Scalar functions of angles: the argument is reduced to [-π/4, π/4], where short series hold. */
import * as s from '../scalar-build.ts';

/** sin a = a + a³ p(a²) and cos a = 1 - a²/2 + a⁴ q(a²) on [-π/4, π/4], to 4e-9 and 1e-10; our own minimax fits. */
const sinTail = [-0.1666665494, 0.008332178136, -0.000195172979];
const cosTail = [0.04166664687, -0.001388736749, 2.443844932e-5];

/** cos(q π/2 + a) for |a| <= π/4; q counts quarter turns, modulo 4. */
export function cosOfQuarters(quarter: s.Scalar, a: s.Scalar, keep: s.Keep): s.Scalar {
  const square = keep('a2', s.mul(a, a));
  const sine = keep('sine', s.fma(s.mul(a, square), s.polynomial(square, sinTail), a));
  const cosine = keep(
    'cosine',
    s.fma(s.mul(square, square), s.polynomial(square, cosTail), s.fma(s.f32(-0.5), square, s.f32(1))),
  );
  const isOdd = s.ne(s.bitAnd(quarter, s.u32(1)), s.u32(0));
  const size = keep('size', s.select(isOdd, sine, cosine));
  // Negative for q = 1 and 2 (modulo 4).
  const isNegative = s.ne(s.bitAnd(s.add(quarter, s.u32(1)), s.u32(2)), s.u32(0));
  return s.select(isNegative, s.neg(size), size);
}

/** π/2 in three parts, the first two of so few bits that their products with k < 2^13 are exact (Cody & Waite). */
const halfPi = [1.5703125, 4.83751296997e-4, 7.54978995489e-8] as const;

/** x as k quarter turns and a rest; k is moved to the positive numbers by a multiple of 4. */
function quarters(x: s.Scalar, keep: s.Keep): { readonly quarter: s.Scalar; readonly rest: s.Scalar } {
  const k = keep('k', s.round(s.mul(x, s.f32(2 / Math.PI))));
  let rest = x;
  for (const part of halfPi) rest = s.fma(s.neg(k), s.f32(part), rest);
  const bounded = s.min(s.max(s.add(k, s.f32(2 ** 22)), s.f32(0)), s.f32(2 ** 23));
  return { quarter: keep('quarter', s.toU32(bounded)), rest: keep('a', rest) };
}

export const cosFunction = s.define('cos', 'cos(x), within 4e-7 for |x| < 10000', [['x', 'f32']], (keep, x) => {
  const { quarter, rest } = quarters(x!, keep);
  return cosOfQuarters(quarter, rest, keep);
});

/** sin x = cos(x - π/2): one quarter turn back. */
export const sinFunction = s.define('sin', 'sin(x), within 4e-7 for |x| < 10000', [['x', 'f32']], (keep, x) => {
  const { quarter, rest } = quarters(x!, keep);
  return cosOfQuarters(keep('back', s.add(quarter, s.u32(3))), rest, keep);
});

/** acos(x) / √(1 - x) on [0, 1], to 3e-8; our own minimax fit. */
const acosSeries = [
  1.570796305, -0.2145988037, 0.08897904739, -0.05017469988, 0.03089300863, -0.01708974457, 0.00667124457,
  -0.001262816884,
];

export const acosFunction = s.define('acos', 'the angle in [0, π] whose cosine is x', [['x', 'f32']], (keep, x) => {
  const size = keep('size', s.abs(x!));
  const angle = keep('angle', s.mul(s.sqrt(s.max(s.sub(s.f32(1), size), s.f32(0))), s.polynomial(size, acosSeries)));
  return s.select(s.lt(x!, s.f32(0)), s.sub(s.f32(Math.PI), angle), angle);
});
