/** Powers of positive numbers. */
import * as s from '../../../ops/scalar-build.ts';
import { exp2Function } from './exponential.ts';
import { log2Function } from './logarithm.ts';

/** The error of y log2 x, 2.5 ULP of it, becomes relative: at most so many times log 2 |y log2 x| more of the power. */
export const powFunction = s.define(
  'pow',
  'x^y = 2^(y log2 x) for x > 0, and 1 for y = 0, within 2 + 4 |y log2 x| ULP',
  [['x', 'f32'], ['y', 'f32']], // prettier-ignore
  (keep, x, y) => {
    const power = keep('power', s.call(exp2Function, s.mul(y!, s.call(log2Function, x!))));
    return s.select(s.eq(y!, s.f32(0)), s.f32(1), power);
  },
);
