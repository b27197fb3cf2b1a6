/** Draws by an index: each index its own, and expectations beside one another on the same draws. */
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText, someNumbers } from '../support/elaborated.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { testSources } from '../support/sources.ts';

const rows = 4;
const inputs = { uniforms: { rows, seed: 5 }, tables: { x: someNumbers(rows * 2, 3, 2) } };

const spec = (...reports: string[]): string => `
data d { x : real[2]  source npy(x: "x.npy") }
function twice(at) = E[e ~ Normal(0, 1)](0 * at + e)
function noisy(at) = E[f[j] ~ Normal(0, 1) for j in 1..3](mean[j](at * f[j]))
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, 1) }
guide q(x) { z ~ Normal(x, 1) }
evaluate { data d  report ${reports.join(', ')} }`;

function valuesOf(...reports: string[]): number[] {
  return reportsOf(elaborateText(spec(...reports)), rows, inputs).map((report) => numbersOf(report)[0]!);
}

/** What is said of the report, which need not read all that the spec declares. */
function told(report: string): string[] {
  const host = testSources({ 'test.vae': spec(report) });
  const { diagnostics } = check({ entry: 'test.vae', host });
  return diagnostics.filter(({ code }) => code !== 'unreached').map(({ code, message }) => `${code}: ${message}`);
}

test('two indices over as many draws are two indices', () => {
  // Every pair of a draw of e and one of f, against the pairs written out draw by draw.
  const e = 'E[e[k] ~ Normal(0, 1) for k in 1..3';
  const pairs = `${e}, f[j] ~ Normal(0, 1) for j in 1..3](mean[k](mean[j](exp(e[k] * f[j]))))`;
  const nested = `${e}](mean[k](E[f[j] ~ Normal(0, 1) for j in 1..3](mean[j](exp(e[k] * f[j])))))`;
  const product = `${e}, f[j] ~ Normal(0, 1) for j in 1..3](mean[k](e[k]) * mean[j](f[j]))`;
  const outer = `${e}, f[j] ~ Normal(0, 1) for j in 1..3](mean[k](mean[j](e[k] * f[j])))`;
  const [apart, within, left, right] = valuesOf(pairs, nested, product, outer);
  expect(within).toBeCloseTo(apart!, 12);
  // The mean over all pairs of a product is the product of the means.
  expect(left).toBeCloseTo(right!, 12);
});

test('an expectation within another has its own index, also through a function', () => {
  const [called, written] = valuesOf(
    'E[e[k] ~ Normal(0, 1) for k in 1..3](mean[k](noisy(e[k])))',
    'E[e[k] ~ Normal(0, 1) for k in 1..3, f[j] ~ Normal(0, 1) for j in 1..3](mean[k](mean[j](e[k] * f[j])))',
  );
  expect(called).toBeCloseTo(written!, 12);
});

test('noise of one name is one noise beside, and another within, an expectation', () => {
  const beside = '(E[e ~ Normal(0, 1)](e)) - E[e ~ Normal(0, 1)](e)';
  const within = 'E[e ~ Normal(0, 1)](e - twice(e))';
  const [same, other] = valuesOf(beside, within);
  expect(same).toBe(0);
  expect(Math.abs(other!)).toBeGreaterThan(0.01);
  expect(told('E[e ~ Normal(0, 1), e ~ Normal(0, 1)](e)')).toEqual([
    "assigned-twice: 'e' is assigned twice; names are assigned once",
  ]);
});

test('one index of two draws pairs them', () => {
  const paired = 'E[e[k] ~ Normal(0, 1) for k in 1..3, f[k] ~ Normal(0, 1) for k in 1..3](mean[k](e[k] * f[k]))';
  expect(told(paired)).toEqual([]);
  expect(told(paired.replace('1..3, f', '1..2, f'))).toEqual([
    "assigned-twice: 'k' is assigned twice; names are assigned once",
  ]);
});

test('expectations beside one another share their draws', () => {
  const drawn = (index: string): string =>
    `E[z[${index}] ~ q(z | x) for ${index} in 1..5](logmeanexp[${index}](log p(x, z[${index}])))`;
  const elaborated = elaborateText(spec(drawn('k'), drawn('i')));
  const evaluation = elaborated.programs.programs.find(({ kind }) => kind === 'evaluate')!;
  const [first, second] = evaluation.function.outputs;
  expect(second!.node).toBe(first!.node);
});

test.each([
  ['E[z[i] ~ q(z | x) for i in 1..5](log p(x, z[i]))', 'i'],
  ['sum(E[z[i] ~ q(z | x) for i in 1..5](z[i]))', 'i'],
  ['E[z[k] ~ q(z | x) for k in 1..5](mean[k](log p(x, z[k]))) + E[z[i] ~ q(z | x) for i in 1..5](sum(z[i]))', 'i'],
])('an index that is left over is told by its name: %s', (report, index) => {
  const message = `unreduced-index: this still varies with '${index}'; reduce it, as logmeanexp[${index}](…) does`;
  expect(told(report)).toEqual([message]);
});

test('a batch of an evaluation holds all draws of a row: 8192 in all', () => {
  const batchOf = (report: string): number => {
    const program = elaborateText(spec(report)).programs.programs.find(({ kind }) => kind === 'evaluate')!;
    return program.kind === 'evaluate' ? program.batch : 0;
  };
  const nested = (k: number, j: number): string =>
    `E[e[k] ~ Normal(0, 1) for k in 1..${k}, f[j] ~ Normal(0, 1) for j in 1..${j}](mean[k](mean[j](e[k] * f[j])))`;
  expect(batchOf(nested(16, 64))).toBe(8192 / (16 * 64));
  expect(batchOf(nested(4, 4))).toBe(128);
});
