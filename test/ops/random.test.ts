/**
 * The ops of randomness as distributions. Keys are fixed, so no test fails by chance; each says what it would find.
 */
import { describe, expect, it } from 'vitest';
import { ops } from '../../compiler/ops/index.ts';
import {
  centralMoment, chiSquare, chiSquareBound, correlation, distanceFrom, mean, normalCdf,
} from '../support/statistics.ts'; // prettier-ignore

const columns = 64;
const n = 1024 * columns;
/** Rows of a batch by columns of a variable, as the compiler lays them out. */
function draw(op: 'standard_normal' | 'standard_uniform', key0: number, key1: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) =>
    ops[op].reference(key0, key1, Math.floor(i / columns), i % columns),
  );
}

/** Four and a half standard errors: a right generator is beyond with probability 7e-6. */
const bound = (sd: number): number => (4.5 * sd) / Math.sqrt(n);
/** Beyond it with probability 2 exp(-2 · 2.2²) = 1e-4; a distribution function off by 0.013 is found with 99%. */
const ksBound = 2.2 / Math.sqrt(n);

// With n = 65,536 a shift of the mean by 0.03 sd is found with a probability above 99.9%.
describe.each([
  [1, 2],
  [0, 0],
  [0xdeadbeef, 7],
])('with key %i %i', (key0, key1) => {
  it('standard_uniform is uniform', () => {
    const u = draw('standard_uniform', key0, key1);
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(bound(Math.sqrt(1 / 12)));
    expect(Math.abs(centralMoment(u, 2) - 1 / 12)).toBeLessThan(bound(Math.sqrt(1 / 180)));
    expect(distanceFrom(u, (x) => x)).toBeLessThan(ksBound);
    expect(Math.min(...u)).toBeGreaterThan(0);
    expect(Math.max(...u)).toBeLessThan(1);
  });

  it('standard_normal is normal', () => {
    const z = draw('standard_normal', key0, key1);
    expect(Math.abs(mean(z))).toBeLessThan(bound(1));
    expect(Math.abs(centralMoment(z, 2) - 1)).toBeLessThan(bound(Math.SQRT2));
    expect(Math.abs(centralMoment(z, 3))).toBeLessThan(bound(Math.sqrt(6)));
    expect(Math.abs(centralMoment(z, 4) - 3)).toBeLessThan(bound(Math.sqrt(24)));
    expect(distanceFrom(z, normalCdf)).toBeLessThan(ksBound);
  });

  // A correlation of 0.03 is found with a probability above 99.9%.
  it('standard_normal is independent between the two columns of a pair, columns, rows and keys', () => {
    const z = draw('standard_normal', key0, key1);
    const others = {
      'the other of its pair': z.map((_, i) => z[i ^ 1]!),
      'the next column': z.map((_, i) => z[(i + 1) % n]!),
      'the next row': z.map((_, i) => z[(i + columns) % n]!),
      'the next key': draw('standard_normal', key0, key1 + 1),
      'the next stream': draw('standard_normal', key0 + 1, key1),
    };
    for (const [name, other] of Object.entries(others)) {
      const neighbours = name === 'the other of its pair' ? Math.SQRT2 : 1;
      expect(Math.abs(correlation(z, other)), name).toBeLessThan(neighbours * bound(1));
      const squares = correlation(z.map(Math.abs), other.map(Math.abs));
      expect(Math.abs(squares), `sizes and ${name}`).toBeLessThan(neighbours * bound(1));
    }
  });
});

describe('shuffled_row', () => {
  const place = (index: number, count: number, key: number): number => ops.shuffled_row.reference(index, count, key);
  const order = (count: number, key: number): number[] => Array.from({ length: count }, (_, i) => place(i, count, key));

  it.each([1, 2, 3, 5, 7, 64, 100, 1000, 4097])('is a permutation of %i rows', (count) => {
    for (const key of [0, 1, 2, 0x9e3779b9, 0xffffffff]) {
      const sorted = order(count, key).toSorted((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: count }, (_, i) => i));
    }
  });

  // 20,000 keys, 10 cells: one place that is 17% too frequent is found with a probability of 99%.
  it.each([0, 4, 9])('takes row %i of 10 to every place alike', (index) => {
    const cells = new Array<number>(10).fill(0);
    for (let key = 0; key < 20_000; key++) cells[place(index, 10, key)]!++;
    expect(chiSquare(cells)).toBeLessThan(chiSquareBound(9));
  });

  // 60,000 keys, 30 cells: one pair that is 20% too frequent is found with a probability of 99%.
  it('takes neighbours to every pair of places alike', () => {
    const cells = new Array<number>(30).fill(0);
    for (let key = 0; key < 60_000; key++) {
      const [first, second] = [place(2, 6, key), place(3, 6, key)];
      cells[first * 5 + second - Number(second > first)]!++;
    }
    expect(chiSquare(cells)).toBeLessThan(chiSquareBound(29));
  });

  // 60,000 rows, 16 by 16 cells: probabilities off by 5%, up in half of the cells and down in the others, give a
  // noncentrality of 150, which is found with a probability of 97%.
  it('leaves no trace of the order within one epoch, nor of the epoch before', () => {
    const count = 60_000;
    const first = order(count, 12345);
    const next = order(count, 12346);
    const band = (row: number): number => Math.floor((row * 16) / count);
    const cellsOf = (pairOf: (i: number) => readonly [number, number]): number => {
      const cells = new Array<number>(256).fill(0);
      for (let i = 0; i < count; i++) {
        const [x, y] = pairOf(i);
        cells[band(x) * 16 + band(y)]!++;
      }
      return chiSquare(cells);
    };
    // The margins are fixed: 15 · 15 degrees of freedom are left.
    const most = chiSquareBound(225);
    expect(cellsOf((i) => [i, first[i]!])).toBeLessThan(most);
    expect(cellsOf((i) => [first[i]!, first[(i + 1) % count]!])).toBeLessThan(most);
    expect(cellsOf((i) => [first[i]!, next[i]!])).toBeLessThan(most);
  });
});
