/** The shape words: what they make of the own shape, that plates stay, and what they refuse. */
import { describe, expect, test } from 'vitest';
import { LayerError } from '../../compiler/layers/layer.ts';
import { concat, flatten, oneHot, pad, reshape, split } from '../../compiler/layers/shapes.ts';
import { Bench } from '../distributions/bench.ts';

const counted = (bench: Bench, shape: readonly number[]) =>
  bench.given(
    Array.from({ length: shape.reduce((a, c) => a * c, 1) }, (_, i) => i),
    shape,
  );

test('flatten and reshape keep the plates and the order', () => {
  const bench = new Bench();
  const input = { node: counted(bench, [2, 3, 2, 2]), leading: 1 };
  expect(flatten(bench.b, input).shape).toEqual([2, 12]);
  expect(reshape(bench.b, input, [4, 3]).shape).toEqual([2, 4, 3]);
  expect(bench.run(reshape(bench.b, input, [4, 3]))).toEqual(bench.run(input.node));
  expect(flatten(bench.b, { node: counted(bench, [5]), leading: 1 }).shape).toEqual([5, 1]);
  expect(() => reshape(bench.b, input, [5, 3])).toThrow('[3, 2, 2] holds 12 numbers and [5, 3] holds 15');
});

describe('concat', () => {
  test('joins vectors and single numbers, repeating over plates', () => {
    const bench = new Bench();
    const x = bench.given([1, 2, 3, 4], [2, 2]);
    const t = bench.given([9], [1]);
    const joined = concat(bench.b, [x, t], 1);
    expect(joined.shape).toEqual([2, 3]);
    expect(bench.run(joined)).toEqual([1, 2, 9, 3, 4, 9]);
  });

  test('along another axis', () => {
    const bench = new Bench();
    const joined = concat(bench.b, [counted(bench, [2, 2]), counted(bench, [2, 1])], 0, 1);
    expect(bench.run(joined)).toEqual([0, 1, 0, 2, 3, 1]);
  });

  test('of counts and truths is numbers', () => {
    const bench = new Bench();
    const count = bench.given([7], [1], 'u32');
    const truth = bench.b.map('gt', bench.given([1], [1]), 0);
    const joined = concat(bench.b, [count, truth], 0);
    expect(joined.dtype).toBe('f32');
    expect(bench.run(joined)).toEqual([7, 1]);
  });

  test('refuses other extents that differ, an axis that is not there, and nothing at all', () => {
    const bench = new Bench();
    const [a, c] = [counted(bench, [2, 2]), counted(bench, [2, 3])];
    expect(() => concat(bench.b, [a, c], 0)).toThrow('concat cannot join [2, 2] and [2, 3] along axis 0');
    expect(() => concat(bench.b, [a, c], 0, 2)).toThrow(LayerError);
    expect(() => concat(bench.b, [], 0)).toThrow(LayerError);
  });
});

describe('split', () => {
  test('undoes concat', () => {
    const bench = new Bench();
    const input = { node: counted(bench, [2, 6]), leading: 1 };
    const pieces = split(bench.b, input, [1, 3, 2]);
    expect(pieces.map((piece) => bench.run(piece))).toEqual([
      [0, 6],
      [1, 2, 3, 7, 8, 9],
      [4, 5, 10, 11],
    ]);
    expect(bench.run(concat(bench.b, pieces, 1))).toEqual(bench.run(input.node));
    expect(split(bench.b, input, 2).map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  test('refuses pieces that do not add up', () => {
    const bench = new Bench();
    const input = { node: counted(bench, [7]), leading: 0 };
    expect(() => split(bench.b, input, 2)).toThrow('an extent of 7 does not split into 2 equal pieces');
    expect(() => split(bench.b, input, [3, 5])).toThrow(LayerError);
    expect(() => split(bench.b, input, [7, 0])).toThrow(LayerError);
    expect(() => split(bench.b, input, 0)).toThrow(LayerError);
  });
});

test('pad puts zeros around the own shape', () => {
  const bench = new Bench();
  const input = { node: bench.given([1, 2, 3, 4], [2, 1, 2]), leading: 1 };
  const around = [
    [1, 0],
    [0, 1],
  ] as const;
  const padded = pad(bench.b, input, around);
  expect(padded.shape).toEqual([2, 2, 3]);
  expect(bench.run(padded)).toEqual([0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0]);
  expect(() => pad(bench.b, input, [[1, 0]])).toThrow('takes 2 pairs of amounts, not 1');
  expect(() =>
    pad(bench.b, input, [
      [-1, 0],
      [0, 0],
    ]),
  ).toThrow(LayerError);
});

test('one-hot vectors', () => {
  const bench = new Bench();
  const vectors = oneHot(bench.b, bench.given([2, 0], [2], 'u32'), 3);
  expect(vectors.shape).toEqual([2, 3]);
  expect(bench.run(vectors)).toEqual([0, 0, 1, 1, 0, 0]);
});
