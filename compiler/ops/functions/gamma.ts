/** Scalar functions around Γ, of positive arguments, and erf. */
import * as s from '../scalar-build.ts';
import { log1pFunction } from './exponential.ts';

const one = s.f32(1);
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** p with log Γ(2 + t) = t p(t) on [-1/2, 1/2], to 3e-10 of it; our own minimax fit. */
const nearTwo = [
  0.422784335, 0.3224670347, -0.06735228225, 0.0205807344, -0.007386158642, 0.002891732627, -0.001185959264,
  0.0005015169941, -0.0002536187182, 0.0001223635648,
];

/**
 * Below 1½: log Γ(x) = log Γ(1 + x) - log x, and log Γ(1 + t) = log Γ(2 + t) - log(1 + t). From 2½ to 8 the argument
 * walks down, Γ(y + 1) = y Γ(y), and the log of the product comes on top. From 8: Stirling's series, whose next term
 * is below 3e-10.
 */
export const lgammaFunction = s.define('lgamma', 'log Γ(x) of x > 0', [['x', 'f32']], (keep, x) => {
  const isLarge = keep('is_large', s.ge(x!, s.f32(8)));
  const small = keep('small', s.select(isLarge, s.f32(2), x!));
  let y = small;
  let product: s.Scalar = one;
  for (let i = 1; i <= 6; i++) {
    const isAbove = keep(`is_above_${i}`, s.ge(y, s.f32(2.5)));
    const next = keep(`y_${i}`, s.sub(y, s.select(isAbove, one, s.f32(0))));
    product = keep(`product_${i}`, s.mul(product, s.select(isAbove, next, one)));
    y = next;
  }
  const isTiny = keep('is_tiny', s.lt(y, s.f32(0.5)));
  const isBelow = keep('is_below', s.lt(y, s.f32(1.5)));
  // t = y - 2, y - 1 or, below a half, y itself: log Γ(y) = log Γ(1 + y) - log y.
  const t = keep('t', s.sub(y, s.select(isTiny, s.f32(0), s.select(isBelow, one, s.f32(2)))));
  const down = keep('down', s.select(isBelow, s.call(log1pFunction, t), s.f32(0)));
  const near = keep('near', s.sub(s.mul(t, s.polynomial(t, nearTwo)), down));
  // The product is 1 where the argument did not walk, and y is at least 1½ where it did.
  const factor = keep('factor', s.select(isTiny, s.div(one, y), product));
  const walked = keep('walked', s.add(near, s.select(s.eq(factor, one), s.f32(0), s.log(factor))));
  const inverse = keep('inverse', s.div(one, s.select(isLarge, x!, one)));
  const series = s.polynomial(keep('inverse2', s.mul(inverse, inverse)), [1 / 12, -1 / 360, 1 / 1260]);
  const large = s.select(isLarge, x!, one);
  const tail = s.fma(inverse, series, s.f32(halfLogTwoPi));
  const stirling = s.fma(s.sub(large, s.f32(0.5)), s.sub(s.log(large), one), s.sub(tail, s.f32(0.5)));
  return s.select(isLarge, stirling, walked);
});

/** How far ψ and ψ' move a small argument up before their series hold. */
const shift = 6;

/** ψ(x) = ψ(x + 6) - Σ_{i<6} 1/(x + i), and from 6 on log x - 1/(2x) - 1/(12x²) + 1/(120x⁴) - 1/(252x⁶). */
export const digammaFunction = s.define('digamma', "Γ'(x) / Γ(x) of x > 0", [['x', 'f32']], (keep, x) => {
  const isLarge = keep('is_large', s.ge(x!, s.f32(shift)));
  const small = keep('small', s.select(isLarge, one, x!));
  let sum = keep('sum_0', s.div(one, small));
  for (let i = 1; i < shift; i++) sum = keep(`sum_${i}`, s.add(s.div(one, s.add(small, s.f32(i))), sum));
  const large = keep('large', s.select(isLarge, x!, s.add(small, s.f32(shift))));
  const inverse = keep('inverse', s.div(one, large));
  const square = keep('square', s.mul(inverse, inverse));
  const series = s.mul(square, s.polynomial(square, [1 / 12, -1 / 120, 1 / 252]));
  const value = s.sub(s.sub(s.log(large), s.mul(s.f32(0.5), inverse)), series);
  return s.sub(value, s.select(isLarge, s.f32(0), sum));
});

/** ψ'(x) = ψ'(x + 6) + Σ_{i<6} 1/(x + i)², and from 6 on 1/x + 1/(2x²) + 1/(6x³) - 1/(30x⁵) + 1/(42x⁷). */
export const trigammaFunction = s.define(
  'trigamma',
  'the derivative of digamma at x > 0',
  [['x', 'f32']],
  (keep, x) => {
    const isLarge = keep('is_large', s.ge(x!, s.f32(shift)));
    const small = keep('small', s.select(isLarge, one, x!));
    let sum: s.Scalar = s.f32(0);
    for (let i = shift - 1; i >= 0; i--) {
      const inverse = keep(`inverse_${i}`, s.div(one, s.add(small, s.f32(i))));
      sum = keep(`sum_${i}`, s.fma(inverse, inverse, sum));
    }
    const large = keep('large', s.select(isLarge, x!, s.add(small, s.f32(shift))));
    const inverse = keep('inverse', s.div(one, large));
    const square = keep('square', s.mul(inverse, inverse));
    const series = s.fma(square, s.polynomial(square, [1 / 6, -1 / 30, 1 / 42]), s.fma(s.f32(0.5), inverse, one));
    return s.fma(inverse, series, s.select(isLarge, s.f32(0), sum));
  },
);

/** erf(x) / x in x² on [0, 1], to 2e-9; log(1 - erf(x)) in x on [1, 4], so that erf errs by 2e-9. Our own minimax fits. */
const erfNear = [
  1.128379166, -0.3761262582, 0.1128358515, -0.02685381181, 0.005188327454, -0.000801019159, 7.853854633e-5,
];
const logErfc = [
  -0.000341512594, -1.127089234, -0.6381447582, -0.1031068213, 0.02183809696, -0.002947666794, 0.000186380084,
];

export const erfFunction = s.define('erf', '2/√π ∫ exp(-t²) dt from 0 to x', [['x', 'f32']], (keep, x) => {
  // By choices, not by min and max, which may swallow a NaN.
  const size = keep('size', s.select(s.gt(s.abs(x!), s.f32(4)), s.f32(4), s.abs(x!)));
  const isNear = keep('is_near', s.lt(size, one));
  const near = keep('near', s.select(isNear, x!, s.f32(0)));
  const inner = keep('inner', s.mul(near, s.polynomial(s.mul(near, near), erfNear)));
  const outer = keep('outer', s.sub(one, s.exp(s.polynomial(s.select(isNear, one, size), logErfc))));
  return s.select(isNear, inner, s.select(s.lt(x!, s.f32(0)), s.neg(outer), outer));
});
