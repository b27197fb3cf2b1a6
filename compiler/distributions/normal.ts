/** The Normal distribution. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution, Parameters } from './distribution.ts';
import { exponentialExcess, halfLogTwoPi } from './mathematics.ts';

/**
 * Normal(loc, scale), or `precision:` 1 / scale². log p(x) = -½ ((x - loc) / scale)² - log scale - ½ log 2π.
 * Source of the closed forms: Cover & Thomas, Elements of Information Theory (2006), chapter 8.
 */
export const normal: Distribution = {
  name: 'Normal',
  parameters: [
    { name: 'loc', forms: [{ name: 'loc', support: 'real' }], eventRank: 0, default: 0 },
    {
      name: 'scale',
      forms: [
        { name: 'scale', support: 'positive', mayVanish: true },
        { name: 'precision', support: 'positive', toCanonical: (b, precision) => b.div(1, b.sqrt(precision)) },
      ],
      eventRank: 0,
      default: 1,
    },
  ],
  dtype: 'f32',
  pathwise: true,
  support: () => ({ kind: 'real' }),
  logProb: (b, { loc, scale }, value) => {
    const standardised = b.div(b.sub(value, loc!), scale!);
    return b.sub(b.mul(-0.5, b.square(standardised)), b.add(b.log(scale!), halfLogTwoPi));
  },
  sample: (b, { loc, scale }, noise) => b.add(loc!, b.mul(scale!, noise.normal())),
  mean: (_, { loc }) => loc!,
  entropy: (b, { scale }) => b.add(b.log(scale!), halfLogTwoPi + 0.5),
  kl: { Normal: klNormal },
};

/**
 * KL(N(μ, s) || N(m, t)) = ½ ((μ - m)² / t² + e^v - 1 - v) with v = 2 (log s - log t): no difference of close numbers
 * where q is close to p, and with s = exp(logvar / 2), t = 1 it is ½ (μ² + expm1(logvar) - logvar).
 */
export function klNormal(b: Builder, q: Parameters, p: Parameters): Node {
  const shift = b.div(b.square(b.sub(q['loc']!, p['loc']!)), b.square(p['scale']!));
  const v = b.mul(2, b.sub(b.log(q['scale']!), b.log(p['scale']!)));
  return b.mul(0.5, b.add(shift, exponentialExcess(b, v)));
}
