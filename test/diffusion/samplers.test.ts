/** The samplers of std/diffusion with denoisers that are exact: against the flow solved otherwise, and each other. */
import { describe, expect, test } from 'vitest';
import { elaborateText } from '../support/elaborated.ts';
import { openText } from '../support/opened.ts';
import { sample64 } from '../support/sample64.ts';
import { centralMoment } from '../support/statistics.ts';
import { openTestTargets } from '../support/targets.ts';

const centers = [[2, 2], [-2, 2], [0, -2], [3, -1], [-3, -1]]; // prettier-ignore
const stds = [0.3, 0.4, 0.35, 0.25, 0.45];

const mixture = (schedule: string): string => `use "std/diffusion"
use "std/testing"
schedule noise = ${schedule}
function eps(x: real[2], t) = mixture_eps(x, t, noise, ${JSON.stringify(centers)}, ${JSON.stringify(stds)}, uniform(5))
`;

const drawn = (text: string): Float64Array => sample64(elaborateText(text), 'go').values;

/** eps of the mixture at x = signal y, signal = 1 / √(1 + λ²), sigma = λ signal, in plain numbers. */
function epsAt(y: readonly [number, number], lambda: number): readonly [number, number] {
  const parts = centers.map(([a, b], k) => {
    const variance = stds[k]! ** 2 + lambda ** 2;
    const [dx, dy] = [y[0] - a!, y[1] - b!];
    return { dx, dy, variance, log: -(dx * dx + dy * dy) / (2 * variance) - Math.log(variance) };
  });
  const most = Math.max(...parts.map(({ log }) => log));
  const total = parts.reduce((sum, { log }) => sum + Math.exp(log - most), 0);
  const along = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, part) => sum + (Math.exp(part.log - most) / total) * lambda * (of(part) / part.variance), 0);
  return [along((part) => part.dx), along((part) => part.dy)];
}

/** The flow dy / dλ = eps from λ to 0 (Song et al., 2021, equation 14), in log λ by Runge and Kutta's method. */
function flow(y: readonly [number, number], lambda: number): readonly [number, number] {
  const steps = 2000;
  const last = Math.log(1e-5);
  const h = (last - Math.log(lambda)) / steps;
  const slope = (at: readonly [number, number], u: number): readonly [number, number] => {
    const [a, b] = epsAt(at, Math.exp(u));
    return [a * Math.exp(u), b * Math.exp(u)];
  };
  const moved = (at: readonly [number, number], by: readonly [number, number], c: number) =>
    [at[0] + c * by[0], at[1] + c * by[1]] as const;
  let at = y;
  for (let i = 0; i < steps; i++) {
    const u = Math.log(lambda) + i * h;
    const k1 = slope(at, u);
    const k2 = slope(moved(at, k1, h / 2), u + h / 2);
    const k3 = slope(moved(at, k2, h / 2), u + h / 2);
    const k4 = slope(moved(at, k3, h), u + h);
    at = moved(moved(moved(moved(at, k1, h / 6), k2, h / 3), k3, h / 3), k4, h / 6);
  }
  return at;
}

describe('ddim and the flow that it steps along', () => {
  test('its error falls as its steps rise, at first order', () => {
    const schedule = 'linear(1000, beta: 1e-4 -> 0.02)';
    const n = 30;
    const first = drawn(`sample go(n = ${n}) { x ~ Normal(0, 1)[2]  return x }`);
    let abar = 1;
    for (let t = 0; t < 1000; t++) abar *= 1 - (1e-4 + (t * (0.02 - 1e-4)) / 999);
    const [signal, sigma] = [Math.sqrt(abar), Math.sqrt(1 - abar)];
    const ends = Array.from({ length: n }, (_, i) =>
      flow([first[2 * i]! / signal, first[2 * i + 1]! / signal], sigma / signal),
    ).flat();
    const errorOf = (steps: number): number => {
      const found = drawn(`${mixture(schedule)}sample go = ddim(eps, noise, n: ${n}, steps: ${steps})`);
      // The median: where two components part, an error of any size may send a point to the other one.
      const errors = ends.map((end, i) => Math.abs(found[i]! - end)).sort((a, b) => a - b);
      return errors[n]!;
    };
    const errors = [25, 50, 100, 200].map(errorOf);
    for (const [i, error] of errors.slice(1).entries()) {
      expect(errors[i]! / error).toBeGreaterThan(1.6);
      expect(errors[i]! / error).toBeLessThan(2.5);
    }
  });

  test('an exploding variance and the score end at the data as well: N(1, 0.5²)', () => {
    const found = drawn(`use "std/diffusion"
use "std/testing"
schedule noise = geometric(400, lowest: 0.01, highest: 20)
function score(x: real[2], t) = -gaussian_eps(x, t, noise, 1, 0.5) / noise.sigma[t]
sample go = ddim(score, noise, score_prediction, n: 500, steps: 400)
`);
    // The flow is linear: x = 1 + s (x_T - 1) / √(s² + σ_T²), and x_T is drawn around 0.
    const first = drawn('sample go(n = 500) { x ~ Normal(0, 20)[2]  return x }');
    const wanted = first.map((x) => 1 + (0.5 * (x - 1)) / Math.sqrt(0.25 + 400));
    const worst = found.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted[i]!)), 0);
    // First order in steps of log σ, 0.019 each: half of one, of ways of at most 2.
    expect(worst).toBeLessThan(0.019);
  });
});

describe('with the cosine schedule, whose signal ends at 1e-4, and a net that is 2 % off', () => {
  // And that knows nothing of x beyond 4, where no training would have led it.
  const farthest = (sample: string, prediction: string): number => {
    const text = `${mixture('cosine(500)')}function off(x: real[2], t) = 1.02 * (${prediction})
function net(x: real[2], t) = off(max(-4, min(4, x)), t)
sample go = ${sample}
`;
    return drawn(text).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  };
  const x0 = '(x - noise.sigma[t] * eps(x, t)) / noise.signal[t]';
  const v = `noise.signal[t] * eps(x, t) - noise.sigma[t] * (${x0})`;

  test('ddim from T explodes where the net predicts eps, and not with clip_x0 or v', () => {
    expect(farthest('ddim(net, noise, n: 40, steps: 50)', 'eps(x, t)')).toBeGreaterThan(50);
    expect(farthest('ddim(net, noise, n: 40, steps: 50, clip_x0: 5)', 'eps(x, t)')).toBeLessThan(5.001);
    expect(farthest('ddim(net, noise, v_prediction, n: 40, steps: 50)', v)).toBeLessThan(5);
  });
});

describe('guidance with exact scores', () => {
  const guided = (k: number, w: number, sampler: string): string => `${mixture('linear(250, beta: 4e-4 -> 0.04)')}
hyper centers = ${JSON.stringify(centers)}
hyper stds = ${JSON.stringify(stds)}
function of(x: real[2], t, k: category(5)) = gaussian_eps(x, t, noise, centers[k], stds[k])
sample of_class(k: category(5), w, n = 100) = ${sampler}
sample go = of_class(${k}, ${w})
`;
  const denoiser = 'guided(of(_, _, k), eps, w, _, _)';
  const ancestral = `ancestral(${denoiser}, noise, noise.posterior_variance)`;
  const ddim = `ddim(${denoiser}, noise, steps: 50)`;

  test('w = 0 is the conditional net', () => {
    expect(drawn(guided(2, 0, ddim))).toEqual(drawn(guided(2, 5, 'ddim(of(_, _, k), noise, steps: 50)')));
  });

  test.each([
    ['ancestral', 1, ancestral],
    ['ancestral', 7, ancestral],
    ['ddim', 3, ddim],
  ] as const)('%s at w = %d draws the class that was asked for', (_, w, sampler) => {
    [0, 3].forEach((k) => {
      const values = drawn(guided(k, w, sampler));
      const near = Array.from({ length: 100 }, (__, i) => {
        const far = centers.map(([a, b]) => Math.hypot(values[2 * i]! - a!, values[2 * i + 1]! - b!));
        return far.indexOf(Math.min(...far));
      });
      // Without the label four in five would lie elsewhere.
      expect(near.filter((found) => found === k).length).toBeGreaterThanOrEqual(99);
    });
  });
});

const targets = await openTestTargets();

describe.each(targets)('in f32 on $target', ({ target, device }) => {
  test.skipIf(device === undefined)(
    'ddim with eta = 1 and every step is ancestral sampling with the posterior variance, draw by draw',
    async () => {
      const samplers = [
        'ancestral(eps, noise, noise.posterior_variance, n: 64)',
        'ddim(eps, noise, n: 64, steps: 100, eta: 1)',
      ];
      const [one, other] = await Promise.all(
        samplers.map(async (sampler) => {
          const model = await openText(
            `${mixture('linear(100, beta: 1e-3 -> 0.1)')}sample go = ${sampler}`,
            target,
            device!,
          );
          return (await model.sample('sample.go', { seed: 3 })).values;
        }),
      );
      expect(centralMoment(one!, 2)).toBeGreaterThan(1);
      const worst = one!.reduce((most, x, i) => Math.max(most, Math.abs(x - other![i]!)), 0);
      expect(worst).toBeLessThan(1e-4);
      expect(worst).toBeGreaterThan(0);
    },
  );
});
