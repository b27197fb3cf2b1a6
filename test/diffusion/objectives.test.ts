/** The objectives of std/diffusion at their own draws against plain float64, for every kind of prediction. */
import { describe, expect, test } from 'vitest';
import { elaborateText } from '../support/elaborated.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';

const T = 50;
const x = [0.7, -1.4];
const beta = Array.from({ length: T }, (_, i) => 1e-3 + (i * (0.2 - 1e-3)) / (T - 1));
const abar = beta.reduce((all, b) => [...all, all.at(-1)! * (1 - b)], [1]);

/** Each says the same of x0, that it is half the tangent of x, as its kind of net would. */
const nets = {
  eps: '(x - noise.signal[t] * tanh(x) / 2) / noise.sigma[t]',
  x0: 'tanh(x) / 2',
  v: '(noise.signal[t] * x - tanh(x) / 2) / noise.sigma[t]',
} as const;

/** Reports of one row with the step and the noise that they were drawn at. */
function drawn(seed: number, ...reports: readonly string[]): { t: number; e: number[]; values: number[] } {
  const spec = elaborateText(`use "std/diffusion"
data points { x : real[2]  source npy(x: "points.npy") }
schedule noise = linear(${T}, beta: 1e-3 -> 0.2)
${Object.entries(nets).map(([name, net]) => `function ${name}(x: real[2], t) = ${net}`).join('\n')}
function score(x: real[2], t) = -eps(x, t) / noise.sigma[t]
objective step = E[t ~ Uniform(1..noise.T)](t)
objective its_noise = E[e ~ Normal(0, 1) like x](e)
evaluate { data points  report step, its_noise, ${reports.join(', ')} }
`); // prettier-ignore
  const found = reportsOf(spec, 1, { tables: { x }, uniforms: { seed } }).map(numbersOf);
  const [[t] = [], e, ...values] = found;
  return { t: t!, e: [...e!], values: values.map(([value]) => value!) };
}

const meanSquare = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** What of x0 and of eps the nets miss, and what x is at the step. */
function missed(t: number, e: readonly number[]) {
  const [signal, sigma] = [Math.sqrt(abar[t]!), Math.sqrt(1 - abar[t]!)];
  const data = e.map((each, d) => x[d]! - Math.tanh(signal * x[d]! + sigma * each) / 2);
  return { signal, sigma, data, noise: data.map((each) => (-signal / sigma) * each) };
}

const close = (found: number, wanted: number): void => expect(Math.abs(found / wanted - 1)).toBeLessThan(1e-10);

describe.each([1, 2, 3, 4])('seed %d', (seed) => {
  test('ddpm_simple: the mean squared error of what is predicted', () => {
    const reports = (['eps', 'x0', 'v'] as const).map((kind) => `ddpm_simple(${kind}, noise, ${kind}_prediction)`);
    const { t, e, values } = drawn(seed, 'ddpm_simple(eps, noise)', ...reports);
    const { signal, sigma, data, noise } = missed(t, e);
    const velocity = data.map((each, d) => signal * noise[d]! - sigma * each);
    [noise, noise, data, velocity].forEach((error, i) => close(values[i]!, meanSquare(error)));
  });

  test('min_snr: the squared error of x0, weighed by the ratio of signal to noise up to gamma, whatever is predicted', () => {
    const reports = [5, 0.5].flatMap((gamma) =>
      (['eps', 'x0', 'v'] as const).map((kind) => `min_snr(${kind}, noise, ${kind}_prediction, gamma: ${gamma})`),
    );
    const { t, e, values } = drawn(seed, ...reports);
    const { signal, sigma, data } = missed(t, e);
    values.forEach((value, i) => close(value, Math.min(i < 3 ? 5 : 0.5, (signal / sigma) ** 2) * meanSquare(data)));
  });

  test('score_matching: half the squared error of the score, weighed by the variance of the noise', () => {
    const { t, e, values } = drawn(seed, 'score_matching(score, noise)');
    const { sigma, noise } = missed(t, e);
    const ofScore = noise.map((each) => -each / sigma);
    close(values[0]!, (sigma ** 2 * 2 * meanSquare(ofScore)) / 2);
  });
});
