/** The shape words: views of a value's own shape that leave its plates alone. They throw LayerError where one does not fit. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import { asReal, describeShape, LayerError, type LayerInput, ownShape } from './layer.ts';

/** The own shape as one vector, row major; a single number becomes [1]. */
export function flatten(b: Builder, input: LayerInput): Node {
  return reshape(b, input, [sizeOf(ownShape(input))]);
}

/** Another own shape of the same size, row major. */
export function reshape(b: Builder, input: LayerInput, shape: Shape): Node {
  const own = ownShape(input);
  if (sizeOf(own) !== sizeOf(shape)) {
    throw new LayerError(
      `${describeShape(own)} holds ${sizeOf(own)} numbers and ${describeShape(shape)} holds ${sizeOf(shape)}; change one of them`,
    );
  }
  return b.reshape(input.node, [...input.node.shape.slice(0, input.leading), ...shape]);
}

/**
 * Joins values along `axis` of their own shapes; a single number counts as [1]. All have `leading` plate axes, whose
 * extents may be 1 where another's is not; the result is f32.
 */
export function concat(b: Builder, nodes: readonly Node[], leading: number, axis = 0): Node {
  if (nodes.length === 0) throw new LayerError('concat joins at least one value; give it one');
  const parts = nodes.map((node) => {
    const real = asReal(b, node);
    return real.shape.length === leading ? b.reshape(real, [...real.shape, 1]) : real;
  });
  const shapes = parts.map((node) => ownShape({ node, leading }));
  const rank = shapes[0]!.length;
  checkAxis('concat', axis, shapes[0]!);
  for (const shape of shapes) {
    if (shape.length !== rank || shape.some((extent, i) => i !== axis && extent !== shapes[0]![i])) {
      const both = `${describeShape(shapes[0]!)} and ${describeShape(shape)}`;
      throw new LayerError(`concat cannot join ${both} along axis ${axis}; every other extent must be the same`);
    }
  }
  const plates = Array.from({ length: leading }, (_, i) => Math.max(...parts.map((part) => part.shape[i]!)));
  const joined = parts.map((part, i) => b.broadcastTo(part, [...plates, ...shapes[i]!]));
  return b.concat(joined, leading + axis);
}

/** Cuts `axis` of the own shape into pieces of the given extents, which add up to it; or into that many equal ones. */
export function split(b: Builder, input: LayerInput, pieces: number | readonly number[], axis = 0): readonly Node[] {
  const own = ownShape(input);
  checkAxis('split', axis, own);
  const whole = own[axis]!;
  const extents =
    typeof pieces === 'number' ? Array.from({ length: pieces }, () => Math.floor(whole / pieces)) : pieces;
  const total = extents.reduce((sum, extent) => sum + extent, 0);
  if (total !== whole || extents.length === 0 || extents.some((extent) => extent < 1)) {
    const wanted = typeof pieces === 'number' ? `${pieces} equal pieces` : `pieces of ${pieces.join(', ')}`;
    throw new LayerError(`an extent of ${whole} does not split into ${wanted}; the pieces must add up to it`);
  }
  const at = input.leading + axis;
  let start = 0;
  return extents.map((extent) => {
    const starts = input.node.shape.map((_, i) => (i === at ? start : 0));
    start += extent;
    return b.slice(
      input.node,
      starts,
      input.node.shape.map((whole, i) => (i === at ? extent : whole)),
    );
  });
}

/** Zeros around the own shape: `amounts[i]` before and after axis i. */
export function pad(b: Builder, input: LayerInput, amounts: readonly (readonly [number, number])[]): Node {
  const own = ownShape(input);
  if (amounts.length !== own.length) {
    throw new LayerError(
      `pad of ${describeShape(own)} takes ${own.length} pair${own.length === 1 ? '' : 's'} of amounts, not ${amounts.length}`,
    );
  }
  if (amounts.flat().some((amount) => !Number.isInteger(amount) || amount < 0)) {
    throw new LayerError('pad takes whole numbers from 0 on; cut with split instead');
  }
  const plates = input.node.shape.slice(0, input.leading);
  const starts = [...plates.map(() => 0), ...amounts.map(([before]) => before)];
  const shape = [...plates, ...own.map((extent, i) => extent + amounts[i]![0] + amounts[i]![1])];
  return b.pad(input.node, starts, shape);
}

/** Categories as vectors of `size` with a 1 at the category and 0 elsewhere: a new last axis. */
export function oneHot(b: Builder, categories: Node, size: number): Node {
  const index = b.reshape(categories, [...categories.shape, 1]);
  return b.select(b.map('eq', index, b.iota(size)), 1, 0);
}

function checkAxis(word: string, axis: number, shape: Shape): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length) return;
  throw new LayerError(`${word} along axis ${axis} of ${describeShape(shape)}; the axes count from 0`);
}
