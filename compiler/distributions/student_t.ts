/** Student's t distribution with a location and a scale. */
import type { Distribution } from './distribution.ts';
import { digammaDifference, logGammaRatio, logOfUniform } from './mathematics.ts';

/** exp of a larger number could overflow in f32; reached with df below 0.6 only, by fewer than 1 draw in 10^9. */
const largestExponent = 80;

/**
 * StudentT(df, loc, scale). With y = (x - loc) / scale,
 * log p(x) = log Γ((df + 1) / 2) - log Γ(df / 2) - ½ log(π df) - log scale - ½ (df + 1) log(1 + y² / df).
 * The mean exists for df > 1 only. Source: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995),
 * chapter 28.
 */
export const studentT: Distribution = {
  name: 'StudentT',
  parameters: [
    { name: 'df', forms: [{ name: 'df', support: 'positive' }], eventRank: 0 },
    { name: 'loc', forms: [{ name: 'loc', support: 'real' }], eventRank: 0, default: 0 },
    { name: 'scale', forms: [{ name: 'scale', support: 'positive' }], eventRank: 0, default: 1 },
  ],
  dtype: 'f32',
  pathwise: true,
  support: () => ({ kind: 'real' }),
  logProb: (b, { df, loc, scale }, value) => {
    const y = b.div(b.sub(value, loc!), scale!);
    const tail = b.mul(b.mul(0.5, b.add(df!, 1)), b.map('log1p', b.div(b.square(y), df!)));
    const normaliser = b.sub(logGammaRatio(b, b.mul(0.5, df!)), b.mul(0.5, b.log(b.mul(Math.PI, df!))));
    return b.sub(b.sub(normaliser, b.log(scale!)), tail);
  },
  /**
   * Bailey's (1994) polar method in its trigonometric form, exact and without rejection:
   * T = √(df (U^(-2 / df) - 1)) cos(2π V). It is differentiable in df too.
   */
  sample: (b, { df, loc, scale }, noise) => {
    const exponent = b.div(b.mul(-2, logOfUniform(b, noise.uniform(0))), df!);
    const radius = b.sqrt(b.mul(df!, b.map('expm1', b.map('min', exponent, largestExponent))));
    const angle = b.mul(2 * Math.PI, noise.uniform(1));
    return b.add(loc!, b.mul(scale!, b.mul(radius, b.map('cos', angle))));
  },
  mean: (_, { loc }) => loc!,
  /** ½ (df + 1) (ψ((df + 1) / 2) - ψ(df / 2)) + ½ log(π df) - log Γ((df + 1) / 2) + log Γ(df / 2) + log scale. */
  entropy: (b, { df, scale }) => {
    const half = b.mul(0.5, df!);
    const normaliser = b.sub(b.mul(0.5, b.log(b.mul(Math.PI, df!))), logGammaRatio(b, half));
    return b.add(b.add(b.mul(b.add(half, 0.5), digammaDifference(b, half)), normaliser), b.log(scale!));
  },
};
