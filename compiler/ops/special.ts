/** log Γ and its derivatives, of positive arguments, and erf. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import { digammaFunction, erfFunction, lgammaFunction, trigammaFunction } from './functions/gamma.ts';
import type { Op } from './op.ts';
import { digammaOf, erfOf, lgammaOf, trigammaOf } from './special-reference.ts';
import * as s from './scalar-build.ts';

/** Of x > 0. */
export const lgamma: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => lgammaOf(a!),
  lower: (a) => s.call(lgammaFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, b.map('digamma', x!))],
  tolerance: { ulp: 12, absolute: 1.5e-6 },
  cost: 60,
};

/** Of x > 0. */
export const digamma: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => digammaOf(a!),
  lower: (a) => s.call(digammaFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, b.map('trigamma', x!))],
  tolerance: { ulp: 12, absolute: 1.5e-6 },
  cost: 50,
};

/** Of x > 0. */
export const trigamma: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => trigammaOf(a!),
  lower: (a) => s.call(trigammaFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, tetragamma(b, x!))],
  tolerance: { ulp: 24 },
  cost: 50,
};

/**
 * ψ''(x) = -2 Σ_{i<8} 1/(x + i)³ + ψ''(x + 8), and there the series -1/x² - 1/x³ - 1/(2x⁴) + 1/(6x⁶) - 1/(6x⁸), to 1e-9
 * of it. Written out as tensors, so that every further derivative exists.
 */
function tetragamma(b: Builder, x: Node): Node {
  const cube = (y: Node): Node => b.div(1, b.mul(y, b.square(y)));
  let sum = cube(x);
  for (let i = 1; i < 8; i++) sum = b.add(sum, cube(b.add(x, i)));
  const inverse = b.div(1, b.add(x, 8));
  const square = b.square(inverse);
  const tail = b.add(-1 / 2, b.mul(square, b.add(1 / 6, b.mul(square, -1 / 6))));
  const series = b.mul(square, b.add(b.sub(-1, inverse), b.mul(square, tail)));
  return b.add(b.mul(-2, sum), series);
}

/** erf' = 2/√π exp(-x²). */
export const erf: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => erfOf(a!),
  lower: (a) => s.call(erfFunction, a!),
  vjp: (b, g, _, x) => [b.mul(g, b.mul(2 / Math.sqrt(Math.PI), b.exp(b.neg(b.square(x!)))))],
  tolerance: { ulp: 6 },
  cost: 30,
};
