/** Rows drawn from a model of the spec have that model's moments, and are the same for the same seed. */
import { expect, test } from 'vitest';
import { loadDataSets } from '../../../runtime/data/load.ts';
import { elaborateText } from '../../support/elaborated.ts';

const spec = (seed: number): string => `
model truth {
  m ~ Normal(1, 2)
  x ~ Normal(m, precision: 4)
  s ~ Poisson(3)
}
data points {
  x : real
  s : count
  source simulate(truth, n: 20000, seed: ${seed})
  split train: 0.5, test: 0.5
}
`;

async function rowsOf(seed: number): Promise<{ x: Float32Array; s: Uint32Array }> {
  const sets = await loadDataSets(elaborateText(spec(seed)).programs.data, { folder: '.' });
  const { fields } = sets.get('points')!.splits.get('train')!;
  return { x: fields.get('x')!.values as Float32Array, s: fields.get('s')!.values as Uint32Array };
}

test('simulated rows have the moments of their model', async () => {
  const { x, s } = await rowsOf(1);
  expect(x.length).toBe(10000);
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  // x ~ N(1, 4 + 1/4), s ~ Poisson(3): five standard errors of 10,000 rows; a right sampler fails once in 1.7 million.
  expect(Math.abs(mean(x) - 1)).toBeLessThan(5 * Math.sqrt(4.25 / 10000));
  const variance = mean(x.map((value) => (value - 1) ** 2));
  expect(Math.abs(variance - 4.25)).toBeLessThan(5 * 4.25 * Math.sqrt(2 / 10000));
  expect(Math.abs(mean(s) - 3)).toBeLessThan(5 * Math.sqrt(3 / 10000));
});

test('the same seed gives the same rows, another seed others', async () => {
  const [first, again, other] = [await rowsOf(1), await rowsOf(1), await rowsOf(2)];
  expect(again.x).toEqual(first.x);
  expect(other.x).not.toEqual(first.x);
});
