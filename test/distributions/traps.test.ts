/** Where formulas break: the ends of a parameter's range, values off the support, probabilities of zero and one. */
import { describe, expect, test } from 'vitest';
import type { Parameters } from '../../compiler/distributions/distribution.ts';
import { distributions } from '../../compiler/distributions/index.ts';
import { outsideSupport } from '../../compiler/distributions/mathematics.ts';
import { Bench } from './bench.ts';
import { digamma, logGamma } from './numerics.ts';

function logProb(name: string, parameters: { [name: string]: number | number[] }, values: number[]): number[] {
  const bench = new Bench();
  const distribution = distributions[name]!;
  const value = bench.given(values, [values.length], distribution.dtype);
  return bench.run(distribution.logProb(bench.b, bench.parametersOf(distribution, parameters), value));
}

describe('Bernoulli', () => {
  test('of a grey value is its cross-entropy, at large logits too', () => {
    const softplus = (l: number): number => Math.max(l, 0) + Math.log1p(Math.exp(-Math.abs(l)));
    for (const logit of [-200, -3, 0, 2, 200]) {
      const expected = [0, 0.25, 1].map((x) => x * -softplus(-logit) + (1 - x) * -softplus(logit));
      logProb('Bernoulli', { logits: logit }, [0, 0.25, 1]).forEach((log, i) =>
        expect(log).toBeCloseTo(expected[i]!, 10),
      );
    }
  });

  test('probs of a sigmoid are its logits, through a view too', () => {
    const { b } = new Bench();
    const toLogits = distributions['Bernoulli']!.parameters[0]!.forms[1]!.toCanonical!;
    const logits = b.input({ kind: 'argument', name: 'l' }, [2, 6]);
    const probabilities = b.map('sigmoid', logits);
    expect(toLogits(b, probabilities)).toBe(logits);
    expect(toLogits(b, b.reshape(probabilities, [2, 2, 3]))).toBe(b.reshape(logits, [2, 2, 3]));
  });

  test('probs of 0 and 1 have finite logits, others the exact ones', () => {
    const bench = new Bench();
    const toLogits = distributions['Bernoulli']!.parameters[0]!.forms[1]!.toCanonical!;
    const [zero, some, one] = bench.run(toLogits(bench.b, bench.given([0, 0.3, 1], [3])));
    expect(zero).toBeLessThan(-80);
    expect(zero).toBeGreaterThan(-90);
    expect(some).toBeCloseTo(Math.log(0.3 / 0.7), 12);
    expect(one).toBeCloseTo(24 * Math.LN2, 6);
  });
});

describe('Categorical', () => {
  test('does not overflow, and a common summand changes nothing', () => {
    const [low] = logProb('Categorical', { logits: [0, 1, 2] }, [1]);
    const [high] = logProb('Categorical', { logits: [5000, 5001, 5002] }, [1]);
    expect(high).toBeCloseTo(low!, 9);
    expect(low).toBeCloseTo(1 - Math.log(1 + Math.E + Math.E ** 2), 12);
  });

  test('probs of a softmax are its exponents, so that a saturated one loses no digit', () => {
    const { b } = new Bench();
    const toLogits = distributions['Categorical']!.parameters[0]!.forms[1]!.toCanonical!;
    const exponents = b.input({ kind: 'argument', name: 'l' }, [2, 3]);
    const over = (axis: number, kept: number) => {
      const weights = b.exp(exponents);
      return b.div(weights, b.broadcast(b.sum(weights, [axis]), [2, 3], [kept]));
    };
    expect(toLogits(b, over(1, 0))).toBe(exponents);
    expect(toLogits(b, over(0, 1))).not.toBe(exponents);
  });

  test('a probability of zero is never drawn and costs a finite amount', () => {
    const bench = new Bench();
    const { b } = bench;
    const categorical = distributions['Categorical']!;
    const toLogits = categorical.parameters[0]!.forms[1]!.toCanonical!;
    const logits = toLogits(b, bench.given([0, 0.5, 0, 0.5, 0], [5]));
    const drawn = bench.run(categorical.sample(b, { logits }, bench.noise([2000], 3)));
    expect(new Set(drawn)).toEqual(new Set([1, 3]));
    const [log] = bench.run(categorical.logProb(b, { logits }, bench.given([0], [1], 'u32')));
    expect(log).toBeLessThan(-80);
    expect(log).toBeGreaterThan(-90);
  });
});

test('Uniform is masked by a finite number outside its bounds', () => {
  const inside = -Math.log(3);
  expect(logProb('Uniform', { low: -1, high: 2 }, [-1.01, -1, 0.5, 2, 2.01])).toEqual([
    outsideSupport,
    inside,
    inside,
    inside,
    outsideSupport,
  ]);
});

describe('DiscretizedLogistic', () => {
  test.each([
    [0.5, 1e-5],
    [0.5, 1e4],
    [-30, 0.02],
    [31, 0.02],
  ])('loc %f, scale %f: finite at every level, and summing to one', (loc, scale) => {
    const values = Array.from({ length: 256 }, (_, j) => j / 255);
    const logs = logProb('DiscretizedLogistic', { loc, scale, levels: 256 }, values);
    expect(logs.every((log) => Number.isFinite(log) && log <= 1e-12)).toBe(true);
    expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 10);
  });

  test('draws levels only', () => {
    const bench = new Bench();
    const distribution = distributions['DiscretizedLogistic']!;
    const parameters = bench.parametersOf(distribution, { loc: 0.5, scale: 0.4, levels: 16 });
    const drawn = bench.run(distribution.sample(bench.b, parameters, bench.noise([1000], 4)));
    expect(drawn.every((x) => x >= 0 && x <= 1 && Math.abs(x * 15 - Math.round(x * 15)) < 1e-9)).toBe(true);
    expect(new Set(drawn.map((x) => Math.round(x * 15))).size).toBe(16);
  });

  test('refuses levels that are not known when compiling', () => {
    const { b } = new Bench();
    const parameters: Parameters = { loc: b.constant(0), scale: b.constant(1), levels: b.uniform('levels') };
    expect(() => distributions['DiscretizedLogistic']!.logProb(b, parameters, b.constant(0))).toThrow(/levels/);
  });
});

describe('StudentT', () => {
  test.each([0.05, 0.7, 3, 40, 1e4])('the normaliser at df %f', (df) => {
    const [log] = logProb('StudentT', { df, loc: 0, scale: 1 }, [0]);
    const expected = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(Math.PI * df);
    expect(log).toBeCloseTo(expected, 8);
  });

  test.each([0.5, 2, 30])('the entropy at df %f', (df) => {
    const bench = new Bench();
    const distribution = distributions['StudentT']!;
    const parameters = bench.parametersOf(distribution, { df, loc: 1, scale: 2 });
    const [entropy] = bench.run(distribution.entropy!(bench.b, parameters));
    const [a, c] = [(df + 1) / 2, df / 2];
    const logBeta = logGamma(c) + logGamma(0.5) - logGamma(a);
    expect(entropy).toBeCloseTo(a * (digamma(a) - digamma(c)) + 0.5 * Math.log(df) + logBeta + Math.log(2), 8);
  });
});

test('Poisson draws zero at a rate that has underflowed, and stays in range at a vast one', () => {
  const bench = new Bench();
  const drawn = bench.run(
    distributions['Poisson']!.sample(bench.b, { rate: bench.given([0, 1e12], [2]) }, bench.noise([2], 5)),
  );
  expect(drawn).toEqual([0, 2 ** 32 - 256]);
});

test('precision and scale are other forms of the same Normal and Exponential', () => {
  const bench = new Bench();
  const four = bench.given(4, []);
  const scale = distributions['Normal']!.parameters[1]!.forms.find(({ name }) => name === 'precision')!;
  const rate = distributions['Exponential']!.parameters[0]!.forms.find(({ name }) => name === 'scale')!;
  expect(bench.run(scale.toCanonical!(bench.b, four))).toEqual([0.5]);
  expect(bench.run(rate.toCanonical!(bench.b, four))).toEqual([0.25]);
});

test('a name that every object has is no distribution', () => {
  expect(distributions['constructor']).toBeUndefined();
  expect(distributions['toString']).toBeUndefined();
});
