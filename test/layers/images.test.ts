/** Layers over images against plain loops: odd sizes, strides and paddings, with plates. */
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../compiler/4-tensor/ir.ts';
import { layers } from '../../compiler/layers/index.ts';
import { type LayerArgument, LayerError } from '../../compiler/layers/layer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';

const size = (value: number): LayerArgument => ({ kind: 'size', value });

/** A layer's result for a random input, and the numbers it was made from. */
function run(name: string, shape: Shape, leading: number, args: Record<string, LayerArgument>) {
  const bench = new Bench();
  const { normal } = random(11);
  const normals = (of: Shape): number[] => Array.from({ length: of.reduce((a, c) => a * c, 1) }, normal);
  const tensors = new Map<string, number[]>();
  const x = normals(shape);
  const node = layers.get(name)!.apply(
    {
      b: bench.b,
      parameter: (part, of) => {
        tensors.set(part, normals(of));
        return bench.given(tensors.get(part)!, of);
      },
    },
    { node: bench.given(x, shape), leading },
    args,
  );
  return { x, shape: node.shape, values: bench.run(node), of: (part: string) => tensors.get(part)! };
}

type Form = readonly [rows: number, h: number, w: number, from: number, to: number, k: number, s: number, p: number];

const forms: readonly Form[] = [
  [2, 5, 7, 3, 2, 3, 1, 1],
  [1, 6, 5, 1, 4, 3, 2, 0],
  [3, 7, 4, 2, 1, 2, 3, 1],
  [1, 4, 4, 2, 3, 1, 1, 0],
  [2, 5, 5, 2, 2, 4, 2, 1],
];

const close = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 10));
};

describe.each(forms)('%i images of %i by %i with %i channels to %i, window %i, stride %i, padding %i', (...form) => {
  const [rows, h, w, from, to, k, s, p] = form;
  const args = { channels: size(to), size: size(k), stride: size(s), padding: size(p) };

  test('conv2d', () => {
    const found = run('conv2d', [rows, h, w, from], 1, args);
    const [oh, ow] = [h, w].map((extent) => Math.floor((extent + 2 * p - k) / s) + 1) as [number, number];
    expect(found.shape).toEqual([rows, oh, ow, to]);
    const [weight, bias] = [found.of('weight'), found.of('bias')];
    const wanted: number[] = [];
    for (let n = 0; n < rows; n++)
      for (let y = 0; y < oh; y++)
        for (let x = 0; x < ow; x++)
          for (let c = 0; c < to; c++) {
            let sum = bias[c]!;
            for (let i = 0; i < k; i++)
              for (let j = 0; j < k; j++)
                for (let d = 0; d < from; d++) {
                  const [row, column] = [y * s + i - p, x * s + j - p];
                  if (row < 0 || row >= h || column < 0 || column >= w) continue;
                  sum += found.x[((n * h + row) * w + column) * from + d]! * weight[((i * k + j) * from + d) * to + c]!;
                }
            wanted.push(sum);
          }
    close(found.values, wanted);
  });

  test('conv_transpose2d', () => {
    const found = run('conv_transpose2d', [rows, h, w, from], 1, args);
    const [oh, ow] = [h, w].map((extent) => (extent - 1) * s - 2 * p + k) as [number, number];
    expect(found.shape).toEqual([rows, oh, ow, to]);
    const [weight, bias] = [found.of('weight'), found.of('bias')];
    const wanted = Array.from({ length: rows * oh * ow * to }, (_, i) => bias[i % to]!);
    // Each input adds its window to the output, which is what transposes a convolution.
    for (let n = 0; n < rows; n++)
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++)
          for (let i = 0; i < k; i++)
            for (let j = 0; j < k; j++) {
              const [row, column] = [y * s + i - p, x * s + j - p];
              if (row < 0 || row >= oh || column < 0 || column >= ow) continue;
              for (let d = 0; d < from; d++)
                for (let c = 0; c < to; c++)
                  wanted[((n * oh + row) * ow + column) * to + c]! +=
                    found.x[((n * h + y) * w + x) * from + d]! * weight[((i * k + j) * from + d) * to + c]!;
            }
    close(found.values, wanted);
  });
});

test('without padding: a convolution keeps the size, its transpose multiplies it by the stride', () => {
  expect(run('conv2d', [8, 6], 0, { channels: size(3), size: size(3) }).shape).toEqual([8, 6, 3]);
  const args = { channels: size(2), size: size(4), stride: size(2) };
  expect(run('conv_transpose2d', [5, 7, 3], 0, args).shape).toEqual([10, 14, 2]);
});

test('avg_pool is the mean of squares, upsample repeats them', () => {
  const pooled = run('avg_pool', [4, 6], 0, { size: size(2) });
  expect(pooled.shape).toEqual([2, 3, 1]);
  const mean = (y: number, x: number): number =>
    [0, 1, 6, 7].reduce((sum, at) => sum + pooled.x[12 * y + 2 * x + at]! / 4, 0);
  close(pooled.values, [mean(0, 0), mean(0, 1), mean(0, 2), mean(1, 0), mean(1, 1), mean(1, 2)]);
  const larger = run('upsample', [2, 2, 1], 0, { factor: size(2) });
  const [a, b, c, d] = larger.x as [number, number, number, number];
  close(larger.values, [a, a, b, b, a, a, b, b, c, c, d, d, c, c, d, d]);
  expect(() => run('avg_pool', [5, 6], 0, { size: size(2) })).toThrow(LayerError);
});

/** What is left of a normalised group after its scale and shift are taken away. */
function standard(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length };
}

test('layer_norm standardises each row, group_norm each group of channels', () => {
  const rows = run('layer_norm', [3, 8], 1, {});
  for (let row = 0; row < 3; row++) {
    const own = rows.x.slice(8 * row, 8 * row + 8);
    const { mean, variance } = standard(own);
    const wanted = own.map(
      (x, i) => ((x - mean) / Math.sqrt(variance + 1e-5)) * rows.of('scale')[i]! + rows.of('shift')[i]!,
    );
    close(rows.values.slice(8 * row, 8 * row + 8), wanted);
  }
  const image = run('group_norm', [2, 3, 3, 4], 1, { groups: size(2) });
  for (let n = 0; n < 2; n++)
    for (let group = 0; group < 2; group++) {
      const at = Array.from({ length: 18 }, (_, i) => n * 36 + Math.floor(i / 2) * 4 + 2 * group + (i % 2));
      const { mean, variance } = standard(at.map((i) => image.x[i]!));
      for (const i of at) {
        const wanted = ((image.x[i]! - mean) / Math.sqrt(variance + 1e-5)) * image.of('scale')[i % 4]!;
        expect(image.values[i]).toBeCloseTo(wanted + image.of('shift')[i % 4]!, 10);
      }
    }
  expect(() => run('group_norm', [2, 2, 3], 0, { groups: size(2) })).toThrow(/choose a divisor/);
});

test('a vector is no image', () => {
  expect(() => run('conv2d', [7], 0, { channels: size(1), size: size(3) })).toThrow(/put 'reshape' before it/);
});
