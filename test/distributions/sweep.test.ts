/** Discrete samplers swept over a fine grid of their noise instead of drawn: the share of each value is its probability. */
import { describe, expect, test } from 'vitest';
import type { Noise } from '../../compiler/distributions/distribution.ts';
import { distributions } from '../../compiler/distributions/index.ts';
import { Bench } from './bench.ts';
import { logGamma } from './numerics.ts';
import { cases, nameOf } from './textbook.ts';

const byInversion = cases.filter(({ kind, distribution, parameters }) => {
  if (kind.kind !== 'discrete') return false;
  return distribution.name !== 'Poisson' || (parameters['rate'] as number) < 16;
});

/** Values take intervals of u, so a grid of n points counts each within one point. */
test.each(byInversion.map((example) => [nameOf(example), example] as const))('%s', (_, example) => {
  const n = 10_000;
  const bench = new Bench();
  const grid = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
  const noise: Noise = { uniform: () => bench.given(grid, [n]), normal: () => bench.given(new Array(n).fill(0), [n]) };
  const { distribution, parameters } = example;
  const found = bench.run(distribution.sample(bench.b, bench.parametersOf(distribution, parameters), noise));
  const values = example.kind.kind === 'discrete' ? example.kind.values : [];
  let seen = 0;
  for (const value of values) {
    const count = found.filter((x) => Math.abs(x - value) < 1e-9).length;
    seen += count;
    expect(Math.abs(count - n * example.density(value)), `value ${value}`).toBeLessThanOrEqual(1.001);
  }
  expect(seen).toBe(n);
});

/** What Poisson's docstring promises; the grid itself errs by 4e-5 at these rates, more at larger ones. */
describe('total variation of the Poisson expansion', () => {
  test.each([
    [16, 2.6e-4],
    [24, 1.5e-4],
    [32, 1.1e-4],
  ])('at a rate of %f it is below %f', (rate, bound) => {
    const n = 400_000;
    const bench = new Bench();
    const grid = Array.from({ length: n }, (_, i) => -8 + (16 * (i + 0.5)) / n);
    const w = bench.given(grid, [n]);
    const noise: Noise = { uniform: () => bench.b.constant(0.5), normal: () => w };
    const drawn = bench.run(distributions['Poisson']!.sample(bench.b, { rate: bench.given(rate, []) }, noise));
    const shares = new Map<number, number>();
    grid.forEach((z, i) => {
      const share = (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * (16 / n);
      shares.set(drawn[i]!, (shares.get(drawn[i]!) ?? 0) + share);
    });
    let distance = 0;
    for (let x = 0; x < 2 * rate + 60; x++) {
      distance += 0.5 * Math.abs((shares.get(x) ?? 0) - Math.exp(x * Math.log(rate) - rate - logGamma(x + 1)));
    }
    expect(distance).toBeLessThan(bound + 4e-5);
  });
});
