/**
 * The full bound of std/diffusion: against log p in closed form, with nothing drawn, and against plain loops at its own
 * draws. With a linear denoiser each step's loss is quadratic in the noise and in x, so the mean over noise of ±1 (and
 * over x of ±s for data N(0, s²)) is the expectation itself.
 */
import { describe, expect, test } from 'vitest';
import { ops, streamKey } from '../../compiler/ops/index.ts';
import { elaborateText } from '../support/elaborated.ts';
import { openText } from '../support/opened.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { openTestTargets } from '../support/targets.ts';

type Variance = 'beta' | 'posterior_variance';

/** Data N(0, s²) with its exact denoiser, T = 500: the bound's expectation over the noise. */
const exact = (s: number, variance: Variance, source: string): string => `use "std/diffusion"
use "std/testing"
data points { x : real[2]  ${source} }
schedule noise = linear(500, beta: 1e-4 -> 0.02)
function eps(x: real[2], t) = gaussian_eps(x, t, noise, 0, ${s})
objective loss(e, t) = step_loss(eps, noise, noise.${variance}, eps_prediction, x, noised(x, e + 0 * x, noise, t), t)
objective expected = -prior_loss(noise, x) - sum((loss(1, t) + loss(-1, t)) / 2 for t in 1..noise.T)
evaluate { data points  report expected }
`;

const fromFile = 'source npy(x: "points.npy")';

function expectedBound(s: number, variance: Variance, x: readonly number[]): number {
  const [report] = reportsOf(elaborateText(exact(s, variance, fromFile)), x.length / 2, { tables: { x } });
  return numbersOf(report!)[0]!;
}

describe('in float64, with the exact denoiser and the steps backwards of variance beta', () => {
  test.each([[0.3, -1.2], [0, 0], [2.5, 1]])('data N(0, 1): it is log p at x = [%d, %d]', (a, b) => {
    const logProb = -(a * a + b * b) / 2 - Math.log(2 * Math.PI);
    expect(Math.abs(expectedBound(1, 'beta', [a, b]) - logProb)).toBeLessThan(1e-10);
  }); // prettier-ignore

  // Published per dimension, to four digits.
  const everywhere = (s: number): number[] => [s, s, -s, -s];
  test.each([
    [1, 'posterior_variance', -2.0108],
    [0.3, 'beta', -0.2203],
    [0.3, 'posterior_variance', -0.7796],
  ] as const)('data N(0, %d²), variance %s: %d nats a dimension', (s, variance, nats) => {
    expect(Math.abs(expectedBound(s, variance, everywhere(s)) / 2 - nats)).toBeLessThan(5.1e-5);
  });
});

describe('at its own draws, with any denoiser', () => {
  const T = 12;
  const seed = 11;
  const rows = 3;
  const x = [0.4, -1.3, 0.9, 0.2, -0.5, 1.7];
  const beta = Array.from({ length: T }, (_, i) => 0.01 + (i * (0.3 - 0.01)) / (T - 1));
  const abar = beta.reduce((all, b) => [...all, all.at(-1)! * (1 - b)], [1]);

  /** -(L_T + Σ L_{t-1} + L_0) of a row in nats, x0 being predicted as half the tangent of x. */
  function bound(row: number, variance: Variance): number {
    const key = (streamKey('evaluate', 'E', 'e') ^ seed) >>> 0;
    let total = 0;
    for (const d of [0, 1]) {
      const x0 = x[2 * row + d]!;
      for (let t = 1; t <= T; t++) {
        const [now, before, b] = [abar[t]!, abar[t - 1]!, beta[t - 1]!];
        const e = ops.standard_normal.reference(key, 0, row, 2 * (t - 1) + d);
        const xt = Math.sqrt(now) * x0 + Math.sqrt(1 - now) * e;
        const mean = (guess: number): number =>
          (Math.sqrt(before) * b * guess + Math.sqrt(1 - b) * (1 - before) * xt) / (1 - now);
        const difference = mean(x0) - mean(Math.tanh(xt) / 2);
        const posterior = (b * (1 - before)) / (1 - now);
        const v = variance === 'beta' || t === 1 ? b : posterior;
        total += t === 1
          ? Math.log(2 * Math.PI * v) / 2 + difference ** 2 / (2 * v)
          : (Math.log(v / posterior) + (posterior + difference ** 2) / v - 1) / 2; // prettier-ignore
      }
      const last = abar[T]!;
      total += (last * x0 * x0 - last - Math.log(1 - last)) / 2;
    }
    return -total;
  }

  // One denoiser as each kind of net would say it.
  const denoisers = {
    x0_prediction: 'tanh(x) / 2',
    eps_prediction: '(x - noise.signal[t] * tanh(x) / 2) / noise.sigma[t]',
    score_prediction: '(noise.signal[t] * tanh(x) / 2 - x) / noise.sigma[t]^2',
    v_prediction: '(noise.signal[t] * x - tanh(x) / 2) / noise.sigma[t]',
  };

  test.each(Object.entries(denoisers))('%s: nats, and bits a dimension', (predicts, denoiser) => {
    const spec = elaborateText(`use "std/diffusion"
data points { x : real[2]  ${fromFile} }
schedule noise = linear(${T}, beta: 0.01 -> 0.3)
function f(x: real[2], t) = ${denoiser}
evaluate {
  data points
  report diffusion_bound(f, noise, noise.beta, ${predicts}),
         diffusion_bound(f, noise, noise.posterior_variance, ${predicts}),
         bits_per_dim(f, noise, noise.beta, ${predicts})
}
`);
    const reports = reportsOf(spec, rows, { tables: { x }, uniforms: { seed } });
    const [ofBeta, ofPosterior] = (['beta', 'posterior_variance'] as const).map(
      (variance) => [0, 1, 2].reduce((sum, row) => sum + bound(row, variance), 0) / rows,
    );
    const wanted = [ofBeta!, ofPosterior!, -ofBeta! / (2 * Math.LN2)];
    reports.forEach((report, i) => expect(Math.abs(numbersOf(report)[0]! - wanted[i]!)).toBeLessThan(1e-10));
    expect(reports.map(({ unit }) => unit)).toEqual(['nats', 'nats', 'bits']);
  });
});

const targets = await openTestTargets();

describe.each(targets)('in f32 on $target', ({ target, device }) => {
  test.skipIf(device === undefined)('the exact bound of N(0, 1) is log p to 0.005 nat', async () => {
    const source = 'source gaussian_mixture(n: 20, seed: 1, centers: [[0, 0]], stds: [1])';
    const text = `${exact(1, 'beta', source)}evaluate { data points  report log Normal(0 * x, 1)(x) }\n`;
    const model = await openText(text, target, device!);
    const [bound] = (await model.evaluate('evaluate')).reports;
    const [logProb] = (await model.evaluate('evaluate_2')).reports;
    const [found, wanted] = [numbersOf(bound!)[0]!, numbersOf(logProb!)[0]!];
    expect(wanted).toBeLessThan(-2);
    expect(Math.abs(found - wanted)).toBeLessThan(0.005);
  });
});
