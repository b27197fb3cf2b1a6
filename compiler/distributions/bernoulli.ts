/** The Bernoulli distribution over 0 and 1. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution, Parameters } from './distribution.ts';
import { smallestProbability } from './mathematics.ts';

/**
 * Bernoulli(logits), or `probs:`. log p(x) = x l - log(1 + e^l) with l the logit of p(1): right for 0 and 1, and for grey
 * values in between the cross-entropy that is no density. Source: Kingma & Welling (2014), appendix C.1.
 */
export const bernoulli: Distribution = {
  name: 'Bernoulli',
  parameters: [
    {
      name: 'logits',
      forms: [
        { name: 'logits', support: 'real' },
        { name: 'probs', support: 'unit', toCanonical: logitOf },
      ],
      eventRank: 0,
    },
  ],
  dtype: 'f32',
  pathwise: false,
  byInversion: true,
  support: () => ({ kind: 'binary' }),
  relaxed: { support: 'unit', warning: 'grey-bernoulli' },
  remedy: 'binarize the field',
  logProb: (b, { logits }, value) => b.sub(b.mul(value, logits!), b.map('softplus', logits!)),
  sample: (b, { logits }, noise) => b.select(b.map('lt', noise.uniform(), b.map('sigmoid', logits!)), 1, 0),
  mean: (b, { logits }) => b.map('sigmoid', logits!),
  /** -p log p - (1 - p) log(1 - p) = log(1 + e^l) - l σ(l). */
  entropy: (b, { logits }) => b.sub(b.map('softplus', logits!), b.mul(logits!, b.map('sigmoid', logits!))),
  kl: { Bernoulli: klBernoulli },
};

/** KL(a || c) of logits is σ(a) (a - c) - log(1 + e^a) + log(1 + e^c). */
function klBernoulli(b: Builder, q: Parameters, p: Parameters): Node {
  const [a, c] = [q['logits']!, p['logits']!];
  const expected = b.mul(b.map('sigmoid', a), b.sub(a, c));
  return b.add(b.sub(expected, b.map('softplus', a)), b.map('softplus', c));
}

/**
 * log p - log(1 - p). A sigmoid gives back its argument, also through a view, so that no digit is lost where it
 * saturates; any other probability is first kept off 0 and 1, whose logits are infinite.
 */
function logitOf(b: Builder, probability: Node): Node {
  switch (probability.kind) {
    case 'map':
      if (probability.op === 'sigmoid') return probability.args[0]!;
      break;
    case 'reshape':
      return b.reshape(logitOf(b, probability.arg), probability.shape);
    case 'broadcast':
      return b.broadcast(logitOf(b, probability.arg), probability.shape, probability.axes);
    default:
      break;
  }
  const kept = b.map('min', b.map('max', probability, smallestProbability), 1 - 2 ** -24);
  return b.sub(b.log(kept), b.map('log1p', b.neg(kept)));
}
