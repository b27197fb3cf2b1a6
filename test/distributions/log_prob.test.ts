/** Every log-density: against the textbook's formula, and that its exponential integrates or sums to one. */
import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { halfLine } from './numerics.ts';
import { type Case, cases, nameOf } from './textbook.ts';

function logProbs({ distribution, parameters }: Case, points: readonly number[]): number[] {
  const bench = new Bench();
  const value = bench.given(points, [points.length], distribution.dtype);
  return bench.run(distribution.logProb(bench.b, bench.parametersOf(distribution, parameters), value));
}

/** An integral of the density over its support, split where it may have a kink. */
function total(example: Case): number {
  const { kind } = example;
  if (kind.kind === 'discrete') return logProbs(example, kind.values).reduce((sum, log) => sum + Math.exp(log), 0);
  const { from, to } = kind;
  if (Number.isFinite(from) && Number.isFinite(to)) {
    const points = Array.from({ length: 100 }, (_, i) => from + ((to - from) * (i + 0.5)) / 100);
    return logProbs(example, points).reduce((sum, log) => sum + (Math.exp(log) * (to - from)) / 100, 0);
  }
  const nodes = halfLine();
  const kink = Number.isFinite(from) ? from : example.mean!;
  const sides = Number.isFinite(from) ? [1] : [1, -1];
  return sides
    .flatMap((side) => {
      const logs = logProbs(
        example,
        nodes.map(({ x }) => kink + side * x),
      );
      return logs.map((log, i) => Math.exp(log) * nodes[i]!.weight);
    })
    .reduce((sum, part) => sum + part, 0);
}

describe.each(cases.map((example) => [nameOf(example), example] as const))('%s', (_, example) => {
  test('is what the textbook says', () => {
    const expected = example.points.map((x) => Math.log(example.density(x)));
    logProbs(example, example.points).forEach((log, i) => expect(log).toBeCloseTo(expected[i]!, 8));
  });

  test('has a total mass of one', () => {
    expect(total(example)).toBeCloseTo(1, 8);
  });
});
