/** The Laplace (double exponential) distribution. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution, Parameters } from './distribution.ts';
import { exponentialExcess } from './mathematics.ts';

/**
 * Laplace(loc, scale): log p(x) = -|x - loc| / scale - log(2 scale). Source: Johnson, Kotz & Balakrishnan, Continuous
 * Univariate Distributions 2 (1995), chapter 24.
 */
export const laplace: Distribution = {
  name: 'Laplace',
  parameters: [
    { name: 'loc', forms: [{ name: 'loc', support: 'real' }], eventRank: 0, default: 0 },
    { name: 'scale', forms: [{ name: 'scale', support: 'positive' }], eventRank: 0, default: 1 },
  ],
  dtype: 'f32',
  pathwise: true,
  byInversion: true,
  support: () => ({ kind: 'real' }),
  logProb: (b, { loc, scale }, value) => {
    const distance = b.div(b.map('abs', b.sub(value, loc!)), scale!);
    return b.sub(b.neg(distance), b.add(b.log(scale!), Math.LN2));
  },
  /** The inverse of the distribution function: log 2u below the median, -log 2(1 - u) above it. */
  sample: (b, { loc, scale }, noise) => {
    const u = noise.uniform();
    const below = b.log(b.mul(2, u));
    const above = b.neg(b.log(b.mul(2, b.sub(1, u))));
    return b.add(loc!, b.mul(scale!, b.select(b.map('lt', u, 0.5), below, above)));
  },
  mean: (_, { loc }) => loc!,
  entropy: (b, { scale }) => b.add(b.log(scale!), 1 + Math.LN2),
  kl: { Laplace: klLaplace },
};

/**
 * KL(L(μ, s) || L(m, t)) = log(t / s) + (s e^(-d) + |μ - m|) / t - 1 with d = |μ - m| / s. In v = log s - log t it is
 * (e^v - 1 - v) + e^v (e^(-d) - 1 + d), two terms that are never negative.
 */
function klLaplace(b: Builder, q: Parameters, p: Parameters): Node {
  const v = b.sub(b.log(q['scale']!), b.log(p['scale']!));
  const distance = b.div(b.map('abs', b.sub(q['loc']!, p['loc']!)), q['scale']!);
  const shift = b.mul(b.div(q['scale']!, p['scale']!), exponentialExcess(b, b.neg(distance)));
  return b.add(exponentialExcess(b, v), shift);
}
