/** Formulas that several distributions share, each written so that f32 keeps its digits. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';

/** ½ log 2π. */
export const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * Stands for log 0 where a value lies outside a support that depends on the parameters: finite, because WGSL need not
 * know infinities, and small enough that exp of it is 0.
 */
export const outsideSupport = -1e30;

/** The smallest probability that a logarithm is taken of: 2^-126, the smallest normal f32. */
export const smallestProbability = 2 ** -126;

/** x[...] as x[..., 1], to stand against an axis of categories or levels. */
export function withTrailingAxis(b: Builder, x: Node): Node {
  return b.reshape(x, [...x.shape, 1]);
}

/**
 * e^v - 1 - v ≥ 0, the excess of the exponential over its tangent: with v a log-ratio of scales or rates it is the whole
 * of the Exponential's KL and a part of the Normal's and the Laplace's. Through expm1 its error is an ulp of v, where
 * e^v - (1 + v) would leave an ulp of 1.
 */
export function exponentialExcess(b: Builder, v: Node): Node {
  return b.sub(b.map('expm1', v), v);
}

/**
 * log u of a uniform number, never 0: near u = 1, where WGSL's log may err by 2^-21 and give a positive number, it is
 * log1p(u - 1), and u - 1 is exact there. The maximum keeps the branch that is not chosen finite.
 */
export function logOfUniform(b: Builder, u: Node): Node {
  const nearOne = b.map('log1p', b.map('max', b.sub(u, 1), -0.5));
  return b.select(b.map('lt', u, 0.5), b.log(u), nearOne);
}

/** log Σ exp(x) = m + log Σ exp(x - m) over axes, which are dropped; m is the largest, a constant to the gradient. */
export function logSumExp(b: Builder, x: Node, axes: readonly number[]): Node {
  const top = largest(b, x, axes);
  return b.add(top, b.log(b.sum(b.exp(b.sub(x, restored(b, top, x, axes))), axes)));
}

/** e^x / Σ e^x over axes, of x's shape. */
export function softmax(b: Builder, x: Node, axes: readonly number[]): Node {
  const weights = b.exp(b.sub(x, restored(b, largest(b, x, axes), x, axes)));
  return b.div(weights, restored(b, b.sum(weights, axes), x, axes));
}

function largest(b: Builder, x: Node, axes: readonly number[]): Node {
  return b.map('stop', b.reduce('max', x, axes));
}

/** What was reduced over axes of `like`, repeated along them. */
function restored(b: Builder, reduced: Node, like: Node, axes: readonly number[]): Node {
  const kept = like.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return b.broadcast(reduced, like.shape, kept);
}

/** Running sums along the last axis, itself included: the product with a triangle of ones. */
export function cumulativeSum(b: Builder, x: Node): Node {
  const last = x.shape.length - 1;
  const n = x.shape[last]!;
  const from = withTrailingAxis(b, b.iota(n));
  const triangle = b.select(b.map('le', from, b.iota(n)), 1, 0);
  const labels = x.shape.map((_, axis) => axis);
  return b.contract(x, triangle, labels, [last, last + 1], [...labels.slice(0, last), last + 1]);
}

/** How many entries of the last axis hold, as f32. */
export function countTrue(b: Builder, condition: Node): Node {
  return b.sum(b.select(condition, 1, 0), [-1]);
}

/** How far `logGammaRatio` and its derivative move their argument up before they use a series. */
const shift = 8;

/**
 * log Γ(a + ½) - log Γ(a) for a > 0, which the difference of two lgammas would lose to cancellation when a is large.
 * By Γ(a + 1) = a Γ(a), Γ(a + ½) / Γ(a) = Γ(A + ½) / Γ(A) · Π (a + i) / (a + i + ½) with A = a + 8, i from 0 to 7, and
 * there the series ½ log A - 1/(8A) + 1/(192A³) - 1/(640A⁵) errs by less than 6e-10 (Tricomi & Erdélyi, 1951).
 */
export function logGammaRatio(b: Builder, a: Node): Node {
  let product: Node = b.constant(1);
  for (let i = 0; i < shift; i++) product = b.mul(product, b.div(b.add(a, i), b.add(a, i + 0.5)));
  const inverse = b.div(1, b.add(a, shift));
  const square = b.square(inverse);
  const series = b.mul(inverse, b.add(-1 / 8, b.mul(square, b.add(1 / 192, b.mul(square, -1 / 640)))));
  return b.add(b.add(b.mul(-0.5, b.log(inverse)), series), b.log(product));
}

/** ψ(a + ½) - ψ(a), the derivative of `logGammaRatio`, as a sum of positive terms that loses no digit: within 3e-9. */
export function digammaDifference(b: Builder, a: Node): Node {
  const inverse = b.div(1, b.add(a, shift));
  const square = b.square(inverse);
  const tail = b.add(1 / 8, b.mul(square, b.add(-1 / 64, b.mul(square, 1 / 128))));
  let sum = b.add(b.mul(0.5, inverse), b.mul(square, tail));
  for (let i = 0; i < shift; i++) sum = b.add(sum, b.div(0.5, b.mul(b.add(a, i), b.add(a, i + 0.5))));
  return sum;
}
