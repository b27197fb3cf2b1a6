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
  byInversion: true,
  support: ({ low, high }) => ({ kind: 'interval', low: low!, high: high! }),
  logProb: (b, { low, high }, value) => {
    const within = b.map('and', b.map('ge', value, low!), b.map('le', value, high!));
    return b.select(within, b.neg(b.log(b.sub(high!, low!))), outsideSupport);
  },
  sample: (b, { low, high }, noise) => b.add(low!, b.mul(b.sub(high!, low!), noise.uniform())),
  mean: (b, { low, high }) => b.mul(0.5, b.add(low!, high!)),
  entropy: (b, { low, high }) => b.log(b.sub(high!, low!)),
  over: uniformOver,
};

/**
 * Uniform(low..high) over whole numbers: log p(x) = -log(high - low + 1) within them, and `outsideSupport` elsewhere. The
 * steps of a schedule where low is 1 or more.
 */
function uniformOver(low: number, high: number): Distribution {
  const count = high - low + 1;
  return {
    name: 'Uniform',
    parameters: [],
    dtype: 'u32',
    pathwise: false,
    byInversion: true,
    support: () => (low >= 1 ? { kind: 'step', size: high } : { kind: 'count' }),
    logProb: (b, _, value) => {
      const number = b.map('toF32', value);
      const within = b.map('and', b.map('ge', number, low), b.map('le', number, high));
      return b.select(within, -Math.log(count), outsideSupport);
    },
    // u · count may round to count itself.
    sample: (b, _, noise) => {
      const below = b.map('toU32', b.map('floor', b.mul(noise.uniform(), count)));
      const inside = b.map('min', below, b.constant(count - 1, 'u32'));
      return b.add(inside, b.constant(low, 'u32'));
    },
    mean: (b) => b.constant((low + high) / 2),
    entropy: (b) => b.constant(Math.log(count)),
  };
}
