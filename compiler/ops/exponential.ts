/** exp, log and what is built from them; those that WGSL lacks or computes badly near 0 are our own. */
import type { Op } from './op.ts';
import {
  expm1Function,
  log1pFunction,
  sigmoidFunction,
  softplusFunction,
  tanhFunction,
} from './functions/exponential.ts';
import * as s from './scalar-build.ts';

/** WGSL: 3 + 2|x| ULP. */
const expUlp = (x: number): number => 3 + 2 * Math.abs(x);
/** Results below the normal numbers may be flushed to 0. */
const smallestNormal = 2 ** -126;

export const exp: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.exp(a!),
  lower: (a) => s.exp(a!),
  vjp: (b, g, result) => [b.mul(g, result)],
  tolerance: { ulp: (x) => expUlp(x!), absolute: smallestNormal },
  cost: 8,
};

/** The exponential's own error, in the result's units: e^x / |e^x - 1| < 2.1 beyond 0.65. */
export const expm1: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.expm1(a!),
  lower: (a) => s.call(expm1Function, a!),
  vjp: (b, g, result) => [b.mul(g, b.add(result, 1))],
  tolerance: { ulp: (x) => 4 + 2.1 * expUlp(x!), absolute: smallestNormal },
  cost: 16,
};

/** WGSL: 3 ULP, and absolutely 2^-21 on [0.5, 2]. */
export const log: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.log(a!),
  lower: (a) => s.log(a!),
  vjp: (b, g, _, x) => [b.div(g, x!)],
  tolerance: { ulp: 3, absolute: 2 ** -21 },
  cost: 8,
};

export const log1p: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.log1p(a!),
  lower: (a) => s.call(log1pFunction, a!),
  vjp: (b, g, _, x) => [b.div(g, b.add(1, x!))],
  // Its series halves the argument, which may vanish there.
  tolerance: { ulp: 8, absolute: 2 * smallestNormal },
  cost: 20,
};

/** log(1 + e^x). */
export const softplus: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.max(a!, 0) + Math.log1p(Math.exp(-Math.abs(a!))),
  lower: (a) => s.call(softplusFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, b.map('sigmoid', x!))],
  // Below 0 the exponential is all of the result; above, what it adds is small beside x.
  tolerance: { ulp: (x) => (x! < 0 ? 10 + expUlp(x!) : 14), absolute: 2 * smallestNormal },
  cost: 30,
};

export const sigmoid: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => (a! < 0 ? Math.exp(a!) / (1 + Math.exp(a!)) : 1 / (1 + Math.exp(-a!))),
  lower: (a) => s.call(sigmoidFunction, a!),
  vjp: (b, g, result) => [b.mul(g, b.mul(result, b.sub(1, result)))],
  tolerance: { ulp: (x) => (x! < 0 ? 5 + expUlp(x!) : 8), absolute: smallestNormal },
  cost: 16,
};

export const tanh: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.tanh(a!),
  lower: (a) => s.call(tanhFunction, a!),
  vjp: (b, g, result) => [b.mul(g, b.sub(1, b.square(result)))],
  tolerance: { ulp: 16, absolute: smallestNormal },
  cost: 24,
};

/** Of a positive base, as WGSL's exp2(y log2 x) wants it; the checker makes products of whole powers. */
export const pow: Op = {
  args: ['f32', 'f32'],
  result: 'f32',
  reference: (a, b) => a! ** b!,
  lower: (a, b) => s.pow(a!, b!),
  vjp: (b, g, result, x, y) => [
    b.mul(g, b.mul(y!, b.map('pow', x!, b.sub(y!, 1)))),
    b.mul(g, b.mul(result, b.log(x!))),
  ],
  /** log2 errs by 3 ULP or 2^-21, which y multiplies and the power makes relative; exp2 by 3 + 2|y log2 x| ULP. */
  tolerance: {
    ulp: (x, y) => {
      const exponent = Math.abs(y! * Math.log2(x!));
      return 4 + 6 * exponent + 12 * Math.abs(y!);
    },
    absolute: smallestNormal,
  },
  cost: 20,
};
