/** The Exponential distribution. */
import type { Distribution } from './distribution.ts';
import { exponentialExcess, logOfUniform } from './mathematics.ts';

/**
 * Exponential(rate), or `scale:` 1 / rate. log p(x) = log rate - rate x, the sampler -log(u) / rate. KL(a || c) of rates
 * is log(a / c) + c / a - 1 = e^v - 1 - v with v = log c - log a. Source: Johnson, Kotz & Balakrishnan, Continuous
 * Univariate Distributions 1 (1994), chapter 19.
 */
export const exponential: Distribution = {
  name: 'Exponential',
  parameters: [
    {
      name: 'rate',
      forms: [
        { name: 'rate', support: 'positive' },
        { name: 'scale', support: 'positive', toCanonical: (b, scale) => b.div(1, scale) },
      ],
      eventRank: 0,
    },
  ],
  dtype: 'f32',
  pathwise: true,
  byInversion: true,
  support: () => ({ kind: 'nonnegative' }),
  logProb: (b, { rate }, value) => b.sub(b.log(rate!), b.mul(rate!, value)),
  sample: (b, { rate }, noise) => b.div(b.neg(logOfUniform(b, noise.uniform())), rate!),
  mean: (b, { rate }) => b.div(1, rate!),
  entropy: (b, { rate }) => b.sub(1, b.log(rate!)),
  kl: { Exponential: (b, q, p) => exponentialExcess(b, b.sub(b.log(p['rate']!), b.log(q['rate']!))) },
};
