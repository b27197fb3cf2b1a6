/** The Categorical distribution over 0 … k - 1. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution, Parameters } from './distribution.ts';
import { countTrue, cumulativeSum, logSumExp, smallestProbability, withTrailingAxis } from './mathematics.ts';

/**
 * Categorical(logits), or `probs:`; the last axis of either holds the k categories, and a common factor of probs, or a
 * common summand of logits, changes nothing. log p(x) = l[x] - log Σ exp l, whose gradient in l is the indicator of x
 * minus softmax(l). Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4.
 */
export const categorical: Distribution = {
  name: 'Categorical',
  parameters: [
    {
      name: 'logits',
      forms: [
        { name: 'logits', support: 'real' },
        { name: 'probs', support: 'simplex', toCanonical: logOfProbabilities },
      ],
      eventRank: 1,
    },
  ],
  dtype: 'u32',
  pathwise: false,
  byInversion: true,
  support: ({ logits }) => ({ kind: 'category', size: logits!.shape.at(-1)! }),
  logProb: (b, { logits }, value) => {
    const chosen = b.map('eq', withTrailingAxis(b, value), b.iota(logits!.shape.at(-1)!));
    return b.sub(b.sum(b.select(chosen, logits!, 0), [-1]), logSumExp(b, logits!, [logits!.shape.length - 1]));
  },
  /** The inverse of the distribution function: how many running sums of e^(l - max l) lie at or below u times the last. */
  sample: (b, { logits }, noise) => {
    const size = logits!.shape.at(-1)!;
    const weights = b.exp(b.sub(logits!, withTrailingAxis(b, b.reduce('max', logits!, [-1]))));
    const running = cumulativeSum(b, weights);
    const leading = running.shape.slice(0, -1);
    const starts = leading.map(() => 0);
    const total = b.slice(running, [...starts, size - 1], [...leading, 1]);
    const bounds = b.slice(running, [...starts, 0], [...leading, size - 1]);
    const level = b.mul(withTrailingAxis(b, noise.uniform()), total);
    return b.map('toU32', countTrue(b, b.map('le', bounds, level)));
  },
  /** The expected index Σ k p(k): of use where the categories are grey levels. */
  mean: (b, { logits }) => {
    const probabilities = b.exp(normalised(b, logits!));
    return b.sum(b.mul(probabilities, b.map('toF32', b.iota(logits!.shape.at(-1)!))), [-1]);
  },
  entropy: (b, { logits }) => {
    const logarithms = normalised(b, logits!);
    return b.neg(b.sum(b.mul(b.exp(logarithms), logarithms), [-1]));
  },
  kl: { Categorical: klCategorical },
};

/** log softmax along the last axis. */
function normalised(b: Builder, logits: Node): Node {
  return b.sub(logits, withTrailingAxis(b, logSumExp(b, logits, [logits.shape.length - 1])));
}

/** Σ q(k) (log q(k) - log p(k)). */
function klCategorical(b: Builder, q: Parameters, p: Parameters): Node {
  const logQ = normalised(b, q['logits']!);
  const logP = normalised(b, p['logits']!);
  return b.sum(b.mul(b.exp(logQ), b.sub(logQ, logP)), [-1]);
}

/** A softmax gives back its exponents; of other probabilities, 0 becomes a logit of -87, not minus infinity. */
function logOfProbabilities(b: Builder, probabilities: Node): Node {
  return exponentsOf(probabilities) ?? b.log(b.map('max', probabilities, smallestProbability));
}

/** x of e^x / Σ e^x, the sum along the last axis. */
function exponentsOf(node: Node): Node | undefined {
  if (node.kind !== 'map' || node.op !== 'div') return undefined;
  const [weights, total] = node.args;
  if (weights?.kind !== 'map' || weights.op !== 'exp' || total?.kind !== 'broadcast') return undefined;
  const sum = total.arg;
  const isTotal =
    sum.kind === 'reduce' && sum.op === 'sum' && sum.arg === weights && sum.axes.join() === `${node.shape.length - 1}`;
  return isTotal ? weights.args[0] : undefined;
}
