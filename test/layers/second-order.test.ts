/**
 * Second derivatives through layers of images: with g = ∂L/∂x and a fixed direction v, the gradient of g · v against
 * central differences of g · v in float64. At a step of 1e-5 these err by about 1e-10 by the third derivative and 1e-10 by
 * rounding, for values of order 1.
 */
import { expect, test } from 'vitest';
import type { Node, Shape } from '../../compiler/4-tensor/ir.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import { layers } from '../../compiler/layers/index.ts';
import type { LayerArgument } from '../../compiler/layers/layer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';

const size = (value: number): LayerArgument => ({ kind: 'size', value });

test.each<[string, Shape, Record<string, LayerArgument>]>([
  ['conv2d', [5, 4, 2], { channels: size(3), size: size(3), stride: size(2) }],
  ['conv_transpose2d', [3, 2, 2], { channels: size(2), size: size(3), stride: size(2), padding: size(0) }],
  ['group_norm', [2, 3, 4], { groups: size(2) }],
  ['layer_norm', [3, 5], {}],
  ['attention', [4, 4], { heads: size(2) }],
])('%s', (name, shape, args) => {
  const bench = new Bench();
  const { b } = bench;
  const { normal } = random(3);
  const normals = (of: Shape): number[] => Array.from({ length: sizeOf(of) }, () => 0.7 * normal());
  const start = normals(shape);
  const x = bench.given(start, shape);
  const parameter = (_: string, of: Shape): Node => bench.given(normals(of), of);
  const y = layers.get(name)!.apply({ b, parameter }, { node: x, leading: 0 }, args);
  // Cubes, so that a linear layer has a second derivative too.
  const loss = b.sumFrom(b.mul(y, b.square(y)), 0);
  const [first] = gradients(b, loss, [x]);
  const along = b.sumFrom(b.mul(first!, bench.given(normals(shape), shape)), 0);
  const [second] = gradients(b, along, [x]);
  const exact = bench.run(second!);
  const largest = Math.max(...exact.map(Math.abs));
  expect(largest).toBeGreaterThan(0.1);
  const valueAt = (i: number, by: number): number => {
    bench.inputs.set(x, start.with(i, start[i]! + by));
    return bench.run(along)[0]!;
  };
  const step = 1e-5;
  exact.forEach((value, i) => {
    const difference = (valueAt(i, step) - valueAt(i, -step)) / (2 * step);
    expect(Math.abs(difference - value)).toBeLessThan(1e-6 * largest);
  });
});
