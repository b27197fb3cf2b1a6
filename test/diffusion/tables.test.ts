/** Tables of schedules as kernels read them, in f32 at steps that are no numbers of the host, against float64. */
import { describe, expect, test } from 'vitest';
import { openText } from '../support/opened.ts';
import { openTestTargets } from '../support/targets.ts';

const text = `use "std/diffusion"
schedule noise = linear(1000, beta: 1e-4 -> 0.02)
sample go(n = 1) {
  return [[noise.abar[t], (1 - noise.abar)[t], noise.sigma[t], noise.posterior_variance[t]] for t in 1..1000]
}
`;

const beta = (t: number): number => 1e-4 + ((t - 1) * (0.02 - 1e-4)) / 999;
const abar = [1];
for (let t = 1; t <= 1000; t++) abar.push(abar[t - 1]! * (1 - beta(t)));

const targets = await openTestTargets();

describe.each(targets)('$target', ({ target, device }) => {
  test.skipIf(device === undefined)('linear, T = 1000: each entry within 1e-6 of itself', async () => {
    const model = await openText(text, target, device!);
    const { values, shape } = await model.sample('sample.go', {});
    expect(shape).toEqual([1000, 4]);
    for (const t of [1, 100, 250, 500, 750, 1000]) {
      const left = 1 - abar[t]!;
      const posterior = (beta(t) * (1 - abar[t - 1]!)) / left;
      const wanted = [abar[t]!, left, Math.sqrt(left), posterior];
      wanted.forEach((value, i) =>
        expect(Math.abs(values[4 * (t - 1) + i]! - value), `t = ${t}, ${i}`).toBeLessThanOrEqual(1e-6 * value),
      );
    }
  });
});
