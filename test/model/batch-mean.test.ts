/** Means over the batch: over the whole set in an evaluation, and in both the same values and the same refusals. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText, run64, someNumbers } from '../support/elaborated.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { testSources } from '../support/sources.ts';

const rows = 4;
const x = someNumbers(rows * 2, 5, 2);
const label = [2, 0, 1, 2];
const parameters = { u: [0.4], v: [-0.7, 0.2], 'head.dense_1.weight': [0.3, -0.2], 'head.dense_1.bias': [0.1] };
const inputs = { parameters, uniforms: { rows, beta: 3, seed: 9 }, tables: { x, label } };

const declarations = `
param u : real = 0.4
param v : real[2] = 0
data d { x : real[2]  label : category(3)  source npy(x: "x.npy", label: "l.npy") }
net head(x) = x |> dense(1, silu)
`;
const training = (objective: string): string =>
  `${declarations}train { data d  maximize ${objective}  optimizer sgd(lr: 1)  batch ${rows}  epochs 1 }`;
const evaluation = (...reports: string[]): string =>
  `${reports.join('').includes('beta') ? 'hyper beta = 3' : ''}
${declarations}evaluate { data d  report ${reports.join(', ')} }`;

function codes(text: string): string[] {
  return check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) }).diagnostics.map(({ code }) => code);
}

function evaluated(...reports: string[]): (readonly number[])[] {
  return reportsOf(elaborateText(evaluation(...reports)), rows, inputs).map(numbersOf);
}

/** Entry d of the mean over the rows of f(x). */
function meanOf(f: (value: number) => number, d: number): number {
  return Array.from({ length: rows }, (_, row) => f(x[2 * row + d]!)).reduce((sum, value) => sum + value, 0) / rows;
}

describe('what a mean over the batch passes keeps it', () => {
  const m = [0, 1].map((d) => meanOf((value) => value, d));
  const s = [0, 1].map((d) => meanOf((value) => value * value, d));
  const both = (f: (d: number) => number): number => f(0) + f(1);

  test.each<[string, readonly number[]]>([
    ['sum(relu(batch_mean(square(x)) - 0.8))', [both((d) => Math.max(s[d]! - 0.8, 0))]],
    ['flatten(batch_mean(x))', m],
    ['split(batch_mean(x), 2)[1] |> scalar', [m[1]!]],
    ['concat(batch_mean(x), v)', [...m, ...parameters.v]],
    ['[batch_mean(sum(x)), u]', [m[0]! + m[1]!, 0.4]],
    ['mean_square(batch_mean(x))', [both((d) => m[d]! ** 2) / 2]],
    ['exp(sum(batch_mean(x)))', [Math.exp(m[0]! + m[1]!)]],
    ['sum(silu(batch_mean(x)))', [both((d) => m[d]! / (1 + Math.exp(-m[d]!)))]],
    ['log Normal(u, 1)(batch_mean(sum(x)))', [-0.5 * (m[0]! + m[1]! - 0.4) ** 2 - 0.5 * Math.log(2 * Math.PI)]],
    ['batch_mean(label)', [label.reduce((a, b) => a + b, 0) / rows]],
    ['beta * batch_mean(sum(x)) * u', [3 * (m[0]! + m[1]!) * 0.4]],
    ['if u > 0 then batch_mean(sum(x)) else u', [m[0]! + m[1]!]],
    ['sum(x) * batch_mean(sum(x)) + 2', [(m[0]! + m[1]!) ** 2 + 2]],
    ['exp(batch_mean(sum(x) + batch_mean(sum(x))))', [Math.exp(2 * (m[0]! + m[1]!))]],
    ['head(batch_mean(x)) |> scalar', [silu(0.3 * m[0]! - 0.2 * m[1]! + 0.1)]],
  ])('%s, in an evaluation', (report, expected) => {
    const [found] = evaluated(report);
    expect(found).toHaveLength(expected.length);
    expected.forEach((value, i) => expect(found![i]).toBeCloseTo(value, 12));
  });

  test('of each draw apart', () => {
    const noise = 'E[e[k] ~ Normal(0, 1) for k in 1..3]';
    const [apart, plain] = evaluated(
      `${noise}(mean[k](batch_mean(sum(x) * e[k])))`,
      `${noise}(mean[k](sum(x) * e[k]))`,
    );
    expect(apart![0]).toBeCloseTo(plain![0]!, 12);
  });

  test.each([
    'sum(relu(batch_mean(square(x)) - 0.8)) + u',
    'sum(x) * batch_mean(sum(x)) + u',
    'u * exp(batch_mean(sum(x) + batch_mean(sum(x))))',
  ])('%s is the same over a batch that is the whole set', (objective) => {
    const spec = elaborateText(training(objective));
    const train = spec.programs.programs.find(({ kind }) => kind === 'train')!;
    const value = run64(train.function, spec, inputs).get('objective')![0]!;
    expect(evaluated(objective)[0]![0]).toBeCloseTo(value, 12);
  });
});

describe('a row beside a mean over the batch', () => {
  test.each([
    'exp(sum(x) + batch_mean(sum(x)))',
    'silu(sum(x) + batch_mean(sum(x)))',
    'max(u, sum(x) + batch_mean(sum(x)))',
    'max(x + batch_mean(x))',
    'logsumexp(concat(x, batch_mean(x)))',
    'mean_square(x - batch_mean(x))',
    '(sum(x) + batch_mean(sum(x))) * sum(x)',
    'u / (sum(x) + batch_mean(sum(x)))',
    'if sum(x) < 0 then u else batch_mean(sum(x))',
    'sum(head(x + batch_mean(x)))',
    'log Normal(batch_mean(sum(x)), 1)(sum(x))',
    'E[e ~ Normal(batch_mean(sum(x)), 1)](e * u)',
    'KL(Normal(sum(x), 1) || Normal(batch_mean(sum(x)), 1))',
  ])('is refused inside what is not linear in it: %s', (objective) => {
    expect(codes(training(`${objective} + u`)), 'train').toEqual(['batch-mean-inside']);
    expect(codes(evaluation(objective)), 'evaluate').toEqual(['batch-mean-inside']);
  });
});

function silu(value: number): number {
  return value / (1 + Math.exp(-value));
}
