/** sin, cos and acos by our own series: WGSL promises no more than 2^-11, and nothing beyond [-π, π]. */
import { acosFunction, cosFunction, sinFunction } from './functions/trigonometric.ts';
import type { Op } from './op.ts';
import * as s from './scalar-build.ts';

/** Within a few 1e-7 for |x| up to 10^4; from there the distance of f32 numbers grows past any use. */
const tolerance = { ulp: 1, absolute: 4e-7 } as const;

export const sin: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.sin(a!),
  lower: (a) => s.call(sinFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, b.map('cos', x!))],
  tolerance,
  cost: 20,
};

export const cos: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.cos(a!),
  lower: (a) => s.call(cosFunction, a!),
  vjp: (b, g, _, x) => [b.neg(b.mul(g, b.map('sin', x!)))],
  tolerance,
  cost: 20,
};

/** The slope is infinite at -1 and 1: keep away from both where a gradient is wanted. */
export const acos: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.acos(a!),
  lower: (a) => s.call(acosFunction, a!),
  vjp: (b, g, _, x) => [b.neg(b.div(g, b.sqrt(b.sub(1, b.square(x!)))))],
  tolerance: { ulp: 8, absolute: 4e-7 },
  cost: 16,
};
