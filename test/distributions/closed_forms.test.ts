/**
 * Every closed-form entropy and KL against Monte Carlo: within 4 standard errors of 50,000 seeded draws (Poisson
 * 10,000), and the discrete KLs against the exact sum. The error is asked to be below 2 % of the value or of a nat, so
 * that a term wrong by a tenth of it is seen.
 */
import { describe, expect, test } from 'vitest';
import { distributions } from '../../compiler/distributions/index.ts';
import { Bench } from './bench.ts';
import { estimate } from './numerics.ts';
import { cases, nameOf } from './textbook.ts';

function isClose(closed: number, values: readonly number[]): void {
  const { mean, error } = estimate(values);
  expect(error).toBeLessThan(0.02 * Math.max(1, Math.abs(mean)));
  expect(Math.abs(closed - mean)).toBeLessThan(4 * error + 1e-12);
}

const withEntropy = cases.filter(({ distribution }) => distribution.entropy !== undefined);
const withKl = cases.filter(({ other }) => other !== undefined);

test.each(withEntropy.map((example) => [nameOf(example), example] as const))('entropy of %s', (_, example) => {
  const { distribution } = example;
  const bench = new Bench();
  const parameters = bench.parametersOf(distribution, example.parameters);
  const drawn = distribution.sample(bench.b, parameters, bench.noise([example.draws], 21));
  const surprise = bench.b.neg(distribution.logProb(bench.b, parameters, drawn));
  const values = bench.run(surprise);
  const [closed] = bench.run(distribution.entropy!(bench.b, parameters));
  isClose(closed!, values);
});

describe.each(withKl.map((example) => [nameOf(example), example] as const))('KL of %s', (_, example) => {
  const { distribution } = example;
  const kl = distribution.kl![distribution.name]!;

  test('agrees with Monte Carlo', () => {
    const bench = new Bench();
    const q = bench.parametersOf(distribution, example.parameters);
    const p = bench.parametersOf(distribution, example.other!);
    const drawn = distribution.sample(bench.b, q, bench.noise([example.draws], 22));
    const { b } = bench;
    const ratios = bench.run(b.sub(distribution.logProb(b, q, drawn), distribution.logProb(b, p, drawn)));
    isClose(bench.run(kl(b, q, p))[0]!, ratios);
  });

  const { kind } = example;
  if (kind.kind === 'discrete')
    test('is the sum over all values', () => {
      const bench = new Bench();
      const q = bench.parametersOf(distribution, example.parameters);
      const p = bench.parametersOf(distribution, example.other!);
      const { values } = kind;
      const value = bench.given(values, [values.length], distribution.dtype);
      const logQ = bench.run(distribution.logProb(bench.b, q, value));
      const logP = bench.run(distribution.logProb(bench.b, p, value));
      const sum = logQ.reduce((total, log, i) => total + Math.exp(log) * (log - logP[i]!), 0);
      expect(bench.run(kl(bench.b, q, p))[0]).toBeCloseTo(sum, 8);
    });

  test('is zero to itself', () => {
    const bench = new Bench();
    const q = bench.parametersOf(distribution, example.parameters);
    expect(bench.run(kl(bench.b, q, q))[0]).toBeCloseTo(0, 14);
  });
});

test('the families of the language that have a KL to themselves', () => {
  const found = Object.values(distributions).filter(({ name, kl }) => kl?.[name] !== undefined);
  const expected = ['Bernoulli', 'Categorical', 'Exponential', 'Laplace', 'LogNormal', 'Normal', 'Poisson'];
  expect(found.map(({ name }) => name)).toEqual(expected);
  expect(new Set(withKl.map(({ distribution }) => distribution.name))).toEqual(new Set(expected));
});

/** ½ Σ (μ² + σ² - 1 - log σ²) by hand: ½ (0.25 + 0.81873075 - 0.8 + 1 + 2.22554093 - 1.8) = 0.84713584. */
test('KL of N([0.5, -1], exp [-0.2, 0.8]) to N(0, 1) is 0.84714 nats', () => {
  const bench = new Bench();
  const { b } = bench;
  const q = { loc: bench.given([0.5, -1], [2]), scale: b.exp(b.mul(0.5, bench.given([-0.2, 0.8], [2]))) };
  const p = { loc: b.constant(0), scale: b.constant(1) };
  const normal = distributions['Normal']!;
  expect(bench.run(b.sum(normal.kl!['Normal']!(b, q, p), [0]))[0]).toBeCloseTo(0.84714, 5);
});

test('KL of Normals keeps its digits where q is close to p', () => {
  const bench = new Bench();
  const q = bench.parametersOf(distributions['Normal']!, { loc: 1e-6, scale: 1 + 1e-6 });
  const p = bench.parametersOf(distributions['Normal']!, { loc: 0, scale: 1 });
  const [found] = bench.run(distributions['Normal']!.kl!['Normal']!(bench.b, q, p));
  expect(found! / 1.5e-12).toBeCloseTo(1, 3);
});
