/** Calls with arguments left open, reductions over ranges, entries by a category: what they stand for, and refuse. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText } from '../support/elaborated.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { testSources } from '../support/sources.ts';

const spec = (report: string, more = ''): string => `data d {
  x : real[2]
  label : category(3)
  source npy(x: "x.npy", label: "l.npy")
}
function line(a, b, c) = a + 10 * b + 100 * c
function twice(f, a) = f(a) + f(a)
function itself(f) = f(f)
function once(f, a) = f(a)
function endless(a) = once(endless, a)
${more}
evaluate { data d  report ${report} }
`;
const valueOf = (report: string, more = ''): readonly number[] =>
  numbersOf(reportsOf(elaborateText(spec(report, more)), 1, { tables: { x: [2, 3], label: [1] } })[0]!);
/** The errors; that a report leaves some of the functions above out is a warning. */
const told = (report: string, more = ''): readonly string[] =>
  check({ entry: 'test.vae', host: testSources({ 'test.vae': spec(report, more) }) })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);

describe('a call with holes is the function of what is left open', () => {
  test.each([
    ['twice(line(sum(x), _, 1), 2)', 2 * (5 + 20 + 100)],
    ['twice(line(_, 2, c: sum(x)), 1)', 2 * (1 + 20 + 500)],
    ['twice(line(_, _, 3)(1, _), sum(x))', 2 * (1 + 50 + 300)],
    ['twice(twice(line(_, 0, 0), _), sum(x))', 20],
  ])('%s', (report, wanted) => {
    expect(valueOf(report)).toEqual([wanted]);
  });

  test('a net keeps its weights, its types and what stop says of it', () => {
    const net = 'net f(a: real[2], b: category(3)) = concat(a, one_hot(b)) |> dense(1) |> scalar';
    expect(told('twice(stop(f)(_, label), x)', net)).toEqual([]);
    expect(told('sum(f(_, label).a)', net)).toEqual([]);
    expect(told('twice(f(_, 3), x)', net)).toEqual(["expected a category, 0 to 2, for 'b' of 'f', found the number 3"]);
  });

  test.each([
    ['twice(line(_, 1), 2)', ["'line' needs 'c'"]],
    ['twice(line(_, 1, 2, 3), 2)', ["'line' takes at most 3 arguments"]],
    ['line(_, 1, 2)', ["expected a number, found the function 'line'"]],
    ['itself(itself)', ["'itself' calls itself; a spec has no recursion"]],
    ['endless(1)', ["'endless' calls itself; a spec has no recursion"]],
    ['exp(_)', ["nothing here is called '_'"]],
  ])('%s is refused', (report, messages) => {
    expect(told(report)).toEqual(messages);
  });

  test("what another function takes is a type: 'x: f.a'", () => {
    const more = 'function f(a: real[2], b) = a * b\nfunction g(f, x: f.a, t) = f(x, t)';
    expect(valueOf('size(g(f, _, _).x)', more)).toEqual([2]);
  });
});

describe('reductions over a range', () => {
  test.each([
    ['sum(k * k for k in 1..4)', 30],
    ['sum(sum(x) * k for k in 0..2)', 15],
    ['max(k * (5 - k) for k in 0..5)', 6],
    ['logsumexp(log(k) for k in 1..3)', Math.log(6)],
    ['sum(sum(j * k for j in 1..k0) for k in 1..2)', 18],
  ])('%s', (report, wanted) => {
    expect(valueOf(report.replace('k0', '3'))[0]).toBeCloseTo(wanted, 12);
  });

  test('what does not vary over it is refused', () => {
    expect(told('sum(sum(x) for k in 1..3)')).toEqual([
      "this does not vary with 'k'; leave 'sum[k]' out, or reduce what is drawn by it",
    ]);
  });
});

describe('entries by a number', () => {
  const more = 'hyper centers = [[1, 2], [3, 4], [5, 6]]';
  test.each([
    ['sum(centers[label] * x)', 3 * 2 + 4 * 3],
    ['sum(sum(centers[k]) for k in 0..size(centers) / 2 - 1)', 21],
    ['sum([10, 20, 30][k] for k in 1..2) + 0 * sum(centers)', 50],
    ['x[1] + 10 * x[0] + centers[0][0]', 24],
    ['one_hot(label)[1] + sum(reshape(concat(x, 2 * x), 2, 2)[size(centers) - 5])', 1 + 10],
  ])('%s', (report, wanted) => {
    expect(valueOf(report, more)).toEqual([wanted]);
  });

  test.each([
    ['sum(centers[k] for k in 1..3)', ['expected an index below 3, found a step(3) number']],
    ['sum([1, 2][label])', ['expected an index below 2, found a category(3) number']],
    ['x[label]', ['expected a list, or a vector that is the same for every row, found real[2]']],
    ['x[2]', ['expected an index below 2, found the number 2']],
    ['x[0 - 1]', ['an index must be a whole number of at least 0, not -1']],
    ['sum(centers[softmax(x)[0]])', ['expected an index below 3, found a unit number']],
    ['x[0][0]', ['expected a list, or a vector, found a real number']],
    ['sum(centers[sum(x)])', ['expected an index below 3, found a real number']],
  ])('%s is refused', (report, messages) => {
    expect(told(report, more)).toEqual(messages);
  });
});
