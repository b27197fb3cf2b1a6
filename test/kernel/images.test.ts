/** Layers over images: the same in kernels as in tensors, both in float64, gradients and all. */
import { expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { elaborateText } from '../support/elaborated.ts';
import { imageNets, imageSpec } from '../support/image-nets.ts';
import { expectSame } from './differential.ts';

test.each(Object.entries(imageNets))('%s', (_, [extents, net]) => {
  const { programs, session } = elaborateText(imageSpec(extents, net));
  const [train] = programs.programs;
  expectSame(optimise(session.builder, train!.function), { builder: session.builder, layout: programs.layout });
});

/** Multiply-adds of a step's kernels that slide windows. */
function productsOf(net: string): number {
  const { programs, session } = elaborateText(imageSpec([4, 4], net));
  const context = { builder: session.builder, layout: programs.layout };
  const { kernels } = expectSame(optimise(session.builder, programs.programs[0]!.function), context);
  const points = (axes: readonly { readonly extent: number }[]): number =>
    axes.reduce((n, { extent }) => n * extent, 1);
  return kernels
    .filter(({ phases }) => phases.some(({ accumulators }) => accumulators.some(({ kind }) => kind === 'product')))
    .reduce((sum, { axes, phases }) => sum + points(axes) * points(phases[0]!.over), 0);
}

test('a transposed convolution takes no more products than it has: a quarter at a stride of 2', () => {
  const [height, width, rows, from, to, window] = [4, 4, 5, 8, 8, 4];
  const stem = 'x |> conv2d(8, 1, silu)';
  const once = productsOf(`${stem} |> conv2d(8, 1, silu)`);
  const found = productsOf(`${stem} |> conv_transpose2d(${to}, ${window}, silu, stride: 2)`);
  // Forward, to the weights and to the input, each number meets each place of the window once.
  const wanted = 3 * rows * height * width * window * window * from * to;
  const stemOf = once - 3 * rows * height * width * from * to;
  expect(found - stemOf).toBe(wanted);
});
