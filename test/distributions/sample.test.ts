/**
 * Every sampler, with 50,000 seeded draws (Poisson 10,000). Continuous ones: Kolmogorov's test at level 0.001, which a
 * scale wrong by 6 % or a location wrong by 3 % of a standard deviation fails more than nine times in ten. Discrete ones:
 * Pearson's test at about that level, which a probability of 0.2 wrong by a twentieth fails as often. Moments within 4.5
 * standard errors.
 */
import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { estimate, kolmogorov } from './numerics.ts';
import { type Case, cases, nameOf } from './textbook.ts';

function drawsOf({ distribution, parameters, draws }: Case): number[] {
  const bench = new Bench();
  const noise = bench.noise([draws], 20);
  return bench.run(distribution.sample(bench.b, bench.parametersOf(distribution, parameters), noise));
}

/** Pearson's statistic over cells of at least 10 expected draws, standardised: (χ² - f) / √(2 f). */
function pearson(values: readonly number[], example: Case, cells: readonly number[]): number {
  const seen = new Map<number, number>();
  const key = (x: number): number => Math.round(x * 1e6);
  for (const value of values) seen.set(key(value), (seen.get(key(value)) ?? 0) + 1);
  let [statistic, freedom, restExpected, restSeen] = [0, 0, values.length, values.length];
  for (const cell of cells) {
    const expected = values.length * example.density(cell);
    if (expected < 10) continue;
    const found = seen.get(key(cell)) ?? 0;
    statistic += (found - expected) ** 2 / expected;
    freedom++;
    restExpected -= expected;
    restSeen -= found;
  }
  if (restExpected >= 1) statistic += (restSeen - restExpected) ** 2 / restExpected;
  else freedom--;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

describe.each(cases.map((example) => [nameOf(example), example] as const))('%s', (_, example) => {
  const values = drawsOf(example);

  test('has the distribution', () => {
    const { kind } = example;
    if (kind.kind === 'continuous') expect(kolmogorov(values, kind.cdf)).toBeLessThan(1.95);
    else expect(pearson(values, example, kind.values)).toBeLessThan(3.7);
  });

  test('has the mean and the variance', () => {
    const found = estimate(values);
    expect(Math.abs(found.mean - example.mean!)).toBeLessThan(4.5 * found.error);
    const squares = estimate(values.map((x) => (x - example.mean!) ** 2));
    expect(Math.abs(squares.mean - example.variance)).toBeLessThan(4.5 * squares.error);
  });

  test('says its mean', () => {
    const bench = new Bench();
    const { distribution, parameters } = example;
    const [said] = bench.run(distribution.mean!(bench.b, bench.parametersOf(distribution, parameters)));
    expect(said).toBeCloseTo(example.mean!, 10);
  });
});
