/** Polynomials whose multiply-adds do not all wait for each other. */
import * as s from '../../../ops/scalar-build.ts';

/**
 * c[0] + x c[1] + x² c[2] + …, the terms in pairs (c[0] + x c[1]) + x² (c[2] + x c[3]) + …, and those by pairs again
 * (Estrin, 1960): half the depth of Horner's rule for a product more each time. `square` is x², where it is known.
 */
export function inPairs(x: s.Scalar, coefficients: readonly number[], keep: s.Keep, square?: s.Scalar): s.Scalar {
  const pairs = (terms: readonly s.Scalar[], power: s.Scalar): readonly s.Scalar[] =>
    Array.from({ length: Math.ceil(terms.length / 2) }, (_, i) => {
      const [low, high] = [terms[2 * i]!, terms[2 * i + 1]];
      return high === undefined ? low : s.fma(high, power, low);
    });
  let terms: readonly s.Scalar[] = coefficients.map((coefficient) => s.f32(coefficient));
  let power = x;
  for (let doubled = 2; terms.length > 1; doubled *= 2) {
    terms = pairs(terms, power);
    if (terms.length === 1) break;
    power = doubled === 2 && square !== undefined ? square : keep(`x${doubled}`, s.mul(power, power));
  }
  return terms[0]!;
}
