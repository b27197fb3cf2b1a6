/**
 * Draws that are spread over a batch: each row's stays uniform by itself, and the mean of the batch varies less, by just
 * as much as it must. In float64; the statistics are over steps, which draw independently of one another.
 */
import { describe, expect, test } from 'vitest';
import { distributions } from '../../compiler/distributions/index.ts';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { elaborateText, run64 } from '../support/elaborated.ts';
import { centralMoment, chiSquare, chiSquareBound, correlation, mean } from '../support/statistics.ts';

const batch = 128;
const rows = 200;
const steps = 2000;

/** For each step, what the rows of a batch draw. */
function drawn(draw: string, first = 0): readonly Float64Array[] {
  const spec = elaborateText(`
data points { x : real  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[0]], stds: [1]) }
evaluate { data points  report E[t ~ ${draw}](t) }`);
  const program = spec.programs.programs[0]!;
  return Array.from({ length: steps }, (_, step) => {
    const uniforms = { step, seed: 5, rows, first };
    return run64(program.function, spec, { uniforms }).get('report_1')!;
  });
}

const means = (draws: readonly Float64Array[], f: (t: number) => number): number[] =>
  draws.map((numbers) => mean(numbers.map(f)));

/** How much an estimated variance of `count` numbers may be off, five standard errors: of kurtosis κ, √((κ - 1) / n) each. */
const fiveErrors = (kurtosis: number): number => 5 * Math.sqrt((kurtosis - 1) / steps);

const stratified = drawn('Uniform(0, 1) by stratified');
const antithetic = drawn('Uniform(0, 1) by antithetic');

describe.each([
  ['stratified', stratified, drawn('Uniform(1..10) by stratified')],
  ['antithetic', antithetic, drawn('Uniform(1..10) by antithetic')],
])('%s', (_, draws, whole) => {
  // Of 2000 draws in 20 cells, a density 1 + a (2t - 1) would be found in 99 of 100 runs from a = 0.34 on.
  test.each([0, 1, 64, 77, 127])('row %i of the batch is uniform', (row) => {
    const cells = new Float64Array(20);
    for (const numbers of draws) cells[Math.floor(20 * numbers[row]!)]!++;
    expect(chiSquare(cells)).toBeLessThan(chiSquareBound(19));
    const steps = new Float64Array(10);
    for (const numbers of whole) steps[numbers[row]! - 1]!++;
    expect(chiSquare(steps)).toBeLessThan(chiSquareBound(9));
  });

  test('lies between the ends, and steps draw apart', () => {
    for (const numbers of draws) expect(numbers.every((t) => t > 0 && t < 1)).toBe(true);
    // 5 / √n for correlations of independent numbers.
    const first = draws.map((numbers) => numbers[0]!);
    expect(Math.abs(correlation(first.slice(1), first.slice(0, -1)))).toBeLessThan(5 / Math.sqrt(steps));
  });
});

describe('stratified', () => {
  test('row i of B is i / B of a turn on from the first', () => {
    for (const numbers of stratified.slice(0, 20)) {
      numbers.forEach((t, i) => expect((t - numbers[0]! + 1) % 1).toBeCloseTo(i / batch, 12));
    }
  });

  test('the mean over the batch has variance 1 / (12 B²), where independent draws have 1 / (12 B)', () => {
    const variance = centralMoment(means(stratified, (t) => t), 2); // prettier-ignore
    // The mean is uniform over 1 / B: of kurtosis 1.8.
    expect(Math.abs(variance * 12 * batch ** 2 - 1)).toBeLessThan(fiveErrors(1.8));
    const independent = centralMoment(means(drawn('Uniform(0, 1)'), (t) => t), 2); // prettier-ignore
    expect(Math.abs(independent * 12 * batch - 1)).toBeLessThan(fiveErrors(3));
  });

  test('of what is not linear too: its exact variance over where the strata begin', () => {
    const f = (t: number): number => Math.exp(3 * t);
    const grid = 4000;
    const exact = Array.from({ length: grid }, (_, at) => {
      const begin = (at + 0.5) / grid / batch;
      return mean(Array.from({ length: batch }, (_, i) => f(begin + i / batch)));
    });
    const wanted = centralMoment(exact, 2);
    const kurtosis = centralMoment(exact, 4) / wanted ** 2;
    expect(Math.abs(centralMoment(means(stratified, f), 2) / wanted - 1)).toBeLessThan(fiveErrors(kurtosis));
  });

  test('batches of one evaluation begin apart, the last one too, whose rows past the end repeat', () => {
    const later = drawn('Uniform(0, 1) by stratified', batch);
    const begins = [stratified, later].map((draws) => draws.map((numbers) => numbers[0]!));
    expect(Math.abs(correlation(begins[0]!, begins[1]!))).toBeLessThan(5 / Math.sqrt(steps));
    for (const row of [0, rows - batch - 1]) {
      const cells = new Float64Array(20);
      for (const numbers of later) cells[Math.floor(20 * numbers[row]!)]!++;
      expect(chiSquare(cells)).toBeLessThan(chiSquareBound(19));
    }
  });
});

describe('antithetic', () => {
  test('rows 2j and 2j + 1 add up to 1, and pairs are independent', () => {
    for (const numbers of antithetic.slice(0, 20)) {
      for (let i = 0; i < batch; i += 2) expect(numbers[i]! + numbers[i + 1]!).toBeCloseTo(1, 7);
    }
    const [one, other] = [0, 2].map((row) => antithetic.map((numbers) => numbers[row]!));
    expect(Math.abs(correlation(one!, other!))).toBeLessThan(5 / Math.sqrt(steps));
  });

  test('the mean of t² over the batch has variance 1 / (90 B), where independent draws have 4 / (45 B)', () => {
    // A pair's mean is ½ - u (1 - u), of variance 1 / 180. Means of 64 pairs are close to normal.
    const variance = centralMoment(means(antithetic, (t) => t * t), 2); // prettier-ignore
    expect(Math.abs(variance * 90 * batch - 1)).toBeLessThan(fiveErrors(3));
  });

  test('a row whose partner does not count, or that has none, is uniform', () => {
    const alone = drawn('Uniform(0, 1) by antithetic', rows - 1).map((numbers) => numbers[0]!);
    // Of three rows the first two add up to 1: three means less 1 are the third.
    const { programs, ...spec } = elaborateText(`
data points { x : real  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[0]], stds: [1]) }
param w : real
train { data points  minimize E[t ~ Uniform(0, 1) by antithetic](t) + w^2  optimizer sgd(lr: 1)  batch 3  steps 1 }`);
    const odd = Array.from({ length: steps }, (_, step) => {
      const uniforms = { step, seed: 5, rows, offset: 0, epoch: 0 };
      const found = run64(programs.programs[0]!.function, { programs, ...spec }, { uniforms });
      return 3 * found.get('objective')![0]! - 1;
    });
    for (const numbers of [alone, odd]) {
      const cells = new Float64Array(20);
      for (const t of numbers) cells[Math.floor(20 * t)]!++;
      expect(chiSquare(cells)).toBeLessThan(chiSquareBound(19));
    }
  });
});

test('what is drawn by inversion asks for one uniform number, and rises or falls with it', () => {
  const at = { loc: 0.3, scale: 1.2, low: -1, high: 2, rate: 1.5, df: 3, levels: 8 };
  const found = Object.values(distributions).filter(({ byInversion }) => byInversion === true);
  expect(found.map(({ name }) => name).sort()).toEqual(
    ['Bernoulli', 'Categorical', 'DiscretizedLogistic', 'Exponential', 'Laplace', 'Uniform'].sort(),
  );
  for (const family of [...found, distributions['Uniform']!.over!(1, 7)]) {
    const b = new Builder();
    const n = 99;
    const u = b.array(Array.from({ length: n }, (_, i) => (i + 0.5) / n), [n]); // prettier-ignore
    const parameters = Object.fromEntries(
      family.parameters.map(({ name, eventRank }) => [
        name,
        eventRank === 1
          ? b.broadcastTo(b.array([0.2, -1, 0.7], [3]), [n, 3])
          : b.broadcastTo(b.constant(name in at ? at[name as keyof typeof at] : 0.4), [n]),
      ]),
    );
    const noise = {
      normal: () => expect.fail(`${family.name} asks for a normal number`),
      uniform: (index = 0) => (index === 0 ? u : expect.fail(`${family.name} asks for more than one number`)),
    };
    const [values] = evaluate([family.sample(b, parameters, noise)], () => []);
    const differences = Array.from(values!.slice(1), (value, i) => value - values![i]!);
    const monotone = differences.every((d) => d >= 0) || differences.every((d) => d <= 0);
    expect(monotone && new Set(values).size > 1, family.name).toBe(true);
  }
});
