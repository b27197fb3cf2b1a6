/** The assignment: against every permutation where there are few, against its own prices, which prove it, where not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign } from '../../../runtime/couple/assignment.ts';
import { someNumbers } from '../../support/elaborated.ts';

const costOf = (cost: Float64Array, n: number, columns: ArrayLike<number>): number =>
  Array.from(columns).reduce((sum, column, row) => sum + cost[row * n + column]!, 0);

function* permutations(n: number, chosen: readonly number[] = []): Generator<readonly number[]> {
  if (chosen.length === n) yield chosen;
  for (let i = 0; i < n; i++) if (!chosen.includes(i)) yield* permutations(n, [...chosen, i]);
}

const isPermutation = (columns: ArrayLike<number>, n: number): boolean =>
  columns.length === n && new Set(Array.from(columns)).size === n && Array.from(columns).every((column) => column < n);

/** Squared distances between n points and n others in d dimensions: what couplings are made of. */
function distances(n: number, d: number, seed: number): Float64Array {
  const [x, e] = [someNumbers(n * d, seed, 3), someNumbers(n * d, seed + 1)];
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Array.from({ length: d }, (_, k) => (x[i * d + k]! - e[j * d + k]!) ** 2).reduce((a, b) => a + b, 0);
  });
}

describe('few', () => {
  // Whole numbers, so that costs are exact and ties are many.
  const square = fc
    .integer({ min: 1, max: 7 })
    .chain((n) =>
      fc.tuple(fc.constant(n), fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n })),
    );

  test('is the cheapest of all permutations', () => {
    fc.assert(
      fc.property(square, ([n, costs]) => {
        const cost = Float64Array.from(costs);
        const { columns } = assign(cost, n);
        expect(isPermutation(columns, n)).toBe(true);
        const least = Math.min(...[...permutations(n)].map((other) => costOf(cost, n, other)));
        expect(costOf(cost, n, columns)).toBe(least);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test('none, and one', () => {
    expect([...assign(new Float64Array(0), 0).columns]).toEqual([]);
    expect([...assign(Float64Array.of(-3), 1).columns]).toEqual([0]);
  });
});

describe('many', () => {
  test.each([
    ['far apart', 100, distances(100, 2, 5)],
    ['in many dimensions', 64, distances(64, 40, 7)],
    ['on a grid, with ties everywhere', 90, distances(90, 2, 9).map((cost) => Math.round(cost))],
    ['all alike', 50, new Float64Array(50 * 50).fill(2)],
    ['of very different sizes', 60, distances(60, 1, 11).map((cost, at) => cost * 10 ** ((at % 13) - 6))],
  ])('%s: no permutation is cheaper than its prices allow', (_, n, cost) => {
    const { columns, prices } = assign(cost, n);
    expect(isPermutation(columns, n)).toBe(true);
    // A price is a sum of at most 2n costs along a path, so of at most 2n roundings of numbers of the largest's size.
    const rounding = 4 * n * 2 ** -53 * cost.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const reduced = cost[i * n + j]! - prices.rows[i]! - prices.columns[j]!;
        expect(reduced).toBeGreaterThanOrEqual(-rounding);
        if (columns[i] === j) expect(Math.abs(reduced)).toBeLessThanOrEqual(rounding);
      }
    }
    expect([...assign(cost.slice(), n).columns]).toEqual([...columns]);
  });
});
