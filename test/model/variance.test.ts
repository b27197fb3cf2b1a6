/** Variances over the data, and the count of active units that std makes of them. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText, run64, someNumbers } from '../support/elaborated.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { testSources } from '../support/sources.ts';

const rows = 5;
const x = someNumbers(rows * 3, 11, 2);
/** Weights of code, [3, 3]: the second unit hardly moves, the third does not. */
const weight = [0.4, 0.01, 0, -0.3, 0.02, 0, 0.2, 0, 0];
const inputs = { uniforms: { rows, seed: 3 }, tables: { x }, parameters: { u: [0.5], 'code.dense_1.weight': weight } };

const spec = (program: string): string => `use "std/diagnostics"
data d { x : real[3]  source npy(x: "x.npy") }
param u : real = 0.5
net code(x) = x |> dense(3)
net deep(z) = 2 * z
model p { z ~ Normal(0, 1)[3]  x ~ Normal(z, 1) }
guide q(x) { z ~ Normal(code(x), 1) }
guide layers(x) {
  low ~ Normal(code(x), 1)
  high ~ Laplace(deep(low), 1)
}
${program}`;

function reported(...reports: string[]): (readonly number[])[] {
  return reportsOf(elaborateText(spec(`evaluate { data d  report ${reports.join(', ')} }`)), rows, inputs).map(
    numbersOf,
  );
}

function told(report: string): string[] {
  const text = spec(`evaluate { data d  report ${report} }`);
  const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Column d of x times the weights: the posterior means of a unit. */
const unit = (d: number): number[] =>
  Array.from({ length: rows }, (_, row) => [0, 1, 2].reduce((sum, i) => sum + x[3 * row + i]! * weight[3 * i + d]!, 0));
const columns = [0, 1, 2].map((d) => Array.from({ length: rows }, (_, row) => x[3 * row + d]!));

describe('data_variance', () => {
  test('is that of the rows, in an evaluation and over a batch that is the whole set', () => {
    const [vector, sum] = reported('data_variance(x)', 'sum(data_variance(x)) * u');
    const expected = columns.map(variance);
    expected.forEach((value, d) => expect(vector![d]).toBeCloseTo(value, 12));
    const total = 0.5 * expected.reduce((a, b) => a + b, 0);
    expect(sum![0]).toBeCloseTo(total, 12);
    const objective = 'sum(data_variance(x)) * u';
    const train = `train { data d  maximize ${objective}  optimizer sgd(lr: 1)  batch ${rows}  epochs 1 }`;
    const elaborated = elaborateText(spec(train));
    const { function: step } = elaborated.programs.programs.find(({ kind }) => kind === 'train')!;
    expect(run64(step, elaborated, inputs).get('objective')![0]).toBeCloseTo(total, 12);
  });

  test('stands beside the mean of the same values', () => {
    const [ratio] = reported('data_variance(sum(x)) / batch_mean(sum(x))');
    const sums = Array.from({ length: rows }, (_, row) => columns.reduce((sum, column) => sum + column[row]!, 0));
    expect(ratio![0]).toBeCloseTo(variance(sums) / (sums.reduce((a, b) => a + b, 0) / rows), 12);
  });

  test.each([
    [
      'data_variance(u)',
      "index-unused: this does not vary with the row; leave 'data_variance' out, or give it what depends on the data",
    ],
    [
      'data_variance(sum(x) + batch_mean(sum(x)))',
      "batch-mean-inside: 'batch_mean' inside a nonlinear function of each example; take it outside, or average there first",
    ],
    [
      'data_variance(E[e ~ Normal(0, 1)](e * sum(x)))',
      "estimate-under-nonlinearity: an estimate of E inside 'data_variance(E[e ~ Normal(0, 1)](e * sum(x)))' is biased; take the function inside the E",
    ],
  ])('%s is refused', (report, message) => {
    expect(told(report)).toEqual([message]);
  });
});

describe('active_units', () => {
  const isActive = (values: readonly number[]): boolean => variance(values) > 0.01;

  test('counts the units whose posterior mean varies by more than 0.01', () => {
    expect([0, 1, 2].map((d) => isActive(unit(d)))).toEqual([true, false, false]);
    expect(reported('active_units(q)')).toEqual([[1]]);
  });

  test('counts those of every layer, a deeper one at the means of those that it depends on', () => {
    const deep = [0, 1, 2].map((d) => unit(d).map((value) => 2 * value));
    const expected = [...[0, 1, 2].map(unit), ...deep].filter(isActive).length;
    expect(expected).toBe(2);
    expect(reported('active_units(layers)')).toEqual([[expected]]);
  });
});
