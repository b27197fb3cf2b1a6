/** The continuous Uniform distribution. */
import type { Distribution } from './distribution.ts';
import { outsideSupport } from './mathematics.ts';

/**
 * Uniform(low, high): log p(x) = -log(high - low) within [low, high], and `outsideSupport` elsewhere. low < high.
 * Source: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 26.
 */
export const uniform: Distribution = {
  name: 'Uniform',
  parameters: [
    { name: 'low', forms: [{ name: 'low', support: 'real' }], eventRank: 0, default: 0 },
    { name: 'high', forms: [{ name: 'high', support: 'real' }], eventRank: 0, default: 1 },
  ],
  dtype: 'f32',
  pathwise: true,
  support: () => ({ kind: 'interval' }),
  logProb: (b, { low, high }, value) => {
    const within = b.map('and', b.map('ge', value, low!), b.map('le', value, high!));
    return b.select(within, b.neg(b.log(b.sub(high!, low!))), outsideSupport);
  },
  sample: (b, { low, high }, noise) => b.add(low!, b.mul(b.sub(high!, low!), noise.uniform())),
  mean: (b, { low, high }) => b.mul(0.5, b.add(low!, high!)),
  entropy: (b, { low, high }) => b.log(b.sub(high!, low!)),
};
