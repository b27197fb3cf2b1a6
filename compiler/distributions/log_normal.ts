/** The LogNormal distribution: exp of a Normal. */
import type { Distribution } from './distribution.ts';
import { halfLogTwoPi } from './mathematics.ts';
import { klNormal, normal } from './normal.ts';

/**
 * LogNormal(loc, scale): log x ~ Normal(loc, scale), so log p(x) = log Normal(log x) - log x. KL is the Normal's, because
 * it does not change under a bijection. Source: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1
 * (1994), chapter 14.
 */
export const logNormal: Distribution = {
  name: 'LogNormal',
  parameters: [
    { name: 'loc', forms: [{ name: 'loc', support: 'real' }], eventRank: 0, default: 0 },
    { name: 'scale', forms: [{ name: 'scale', support: 'positive' }], eventRank: 0, default: 1 },
  ],
  dtype: 'f32',
  pathwise: true,
  support: () => ({ kind: 'positive' }),
  logProb: (b, parameters, value) => {
    const logarithm = b.log(value);
    return b.sub(normal.logProb(b, parameters, logarithm), logarithm);
  },
  sample: (b, parameters, noise) => b.exp(normal.sample(b, parameters, noise)),
  mean: (b, { loc, scale }) => b.exp(b.add(loc!, b.mul(0.5, b.square(scale!)))),
  entropy: (b, { loc, scale }) => b.add(b.add(loc!, b.log(scale!)), halfLogTwoPi + 0.5),
  kl: { LogNormal: klNormal },
};
