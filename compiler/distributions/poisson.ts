/** The Poisson distribution over counts. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution } from './distribution.ts';
import { countTrue, cumulativeSum, exponentialExcess, smallestProbability, withTrailingAxis } from './mathematics.ts';

/** Below this rate a draw inverts the distribution function, from it on it is the expansion. */
const switchRate = 16;
/** Counts that the inversion knows: a rate of 16 goes past them with probability 6e-11. */
const tableSize = 48;
/** The largest f32 below 2^32. */
const largestCount = 2 ** 32 - 256;

/**
 * Poisson(rate): log p(x) = x log rate - rate - log x!. KL(a || c) of rates is a log(a / c) - a + c = a (e^v - 1 - v)
 * with v = log c - log a. The entropy has no closed form. In f32 the log-density errs by about 1e-7 x log x, since terms
 * of that size cancel. Source: Johnson, Kemp & Kotz, Univariate Discrete Distributions (2005), chapter 4.
 */
export const poisson: Distribution = {
  name: 'Poisson',
  parameters: [{ name: 'rate', forms: [{ name: 'rate', support: 'positive' }], eventRank: 0 }],
  dtype: 'u32',
  pathwise: false,
  support: () => ({ kind: 'count' }),
  logProb: (b, { rate }, value) => {
    const count = b.map('toF32', value);
    return b.sub(b.sub(b.mul(count, b.log(rate!)), rate!), b.map('lgamma', b.add(count, 1)));
  },
  /**
   * Below a rate of 16 exact up to f32; from there on the total variation distance to the Poisson is at most 2.6e-4,
   * largest at 16 (1.5e-4 at 24, 1.1e-4 at 32).
   */
  sample: (b, { rate }, noise) => {
    const small = inverted(b, rate!, noise.uniform(0));
    const large = expanded(b, rate!, noise.normal(1));
    return b.map('toU32', b.select(b.map('lt', rate!, switchRate), small, large));
  },
  mean: (_, { rate }) => rate!,
  kl: {
    Poisson: (b, q, p) => b.mul(q['rate']!, exponentialExcess(b, b.sub(b.log(p['rate']!), b.log(q['rate']!)))),
  },
};

/** The smallest count whose distribution function exceeds u: how many of its values lie at or below u. */
function inverted(b: Builder, rate: Node, u: Node): Node {
  const bounded = withTrailingAxis(b, b.map('max', b.map('min', rate, switchRate), smallestProbability));
  const counts = Array.from({ length: tableSize }, (_, count) => count);
  let logFactorial = 0;
  const logFactorials = counts.map((count) => (logFactorial += Math.log(Math.max(count, 1))));
  const logRates = b.mul(b.array(counts, [tableSize]), b.log(bounded));
  const probabilities = b.exp(b.sub(b.sub(logRates, bounded), b.array(logFactorials, [tableSize])));
  return countTrue(b, b.map('le', cumulativeSum(b, probabilities), withTrailingAxis(b, u)));
}

/**
 * The quantile as a series in 1 / √rate at a standard normal w, rounded down:
 * rate + √rate w + (2 + w²) / 6 - (2w + w³) / (72 √rate). Giles, Algorithm 955 (2016), equation 2.
 */
function expanded(b: Builder, rate: Node, w: Node): Node {
  const bounded = b.map('max', rate, switchRate);
  const root = b.sqrt(bounded);
  const second = b.div(b.add(2, b.square(w)), 6);
  const third = b.div(b.mul(w, b.add(2, b.square(w))), b.mul(72, root));
  const quantile = b.sub(b.add(b.add(bounded, b.mul(root, w)), second), third);
  return b.map('min', b.map('floor', b.map('max', quantile, 0)), largestCount);
}
