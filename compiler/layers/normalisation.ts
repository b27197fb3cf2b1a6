/** Layers that bring what passes through them to mean 0 and variance 1, and then to a scale and shift of their own. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import { asImage } from './images.ts';
import { asReal, type Layer, type LayerContext, LayerError, ownShape } from './layer.ts';

/** Added to the variance, as PyTorch does: a constant input has none. */
const smallestVariance = 1e-5;

/** (x - mean) / √(variance + 1e-5), both over `axes`; the variance is that of the whole, Σ (x - mean)² / n. */
function standardised(b: Builder, x: Node, axes: readonly number[]): Node {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  const over = (node: Node): Node => b.broadcast(b.mul(b.sum(node, axes), 1 / count), x.shape, kept);
  const centred = b.sub(x, over(x));
  return b.div(centred, b.sqrt(b.add(over(b.square(centred)), smallestVariance)));
}

/** A scale that starts at 1 and a shift that starts at 0, along the last axis. */
function scaled({ b, parameter }: LayerContext, x: Node): Node {
  const last = [x.shape.at(-1)!];
  const scale = parameter('scale', last, { kind: 'constant', value: 1 });
  return b.add(b.mul(x, scale), parameter('shift', last, { kind: 'constant', value: 0 }));
}

/** layer_norm(): over the last axis of the value. Source: Ba et al. (2016). */
export const layerNorm: Layer = {
  name: 'layer_norm',
  parameters: [],
  apply(context, input) {
    if (ownShape(input).length === 0) throw new LayerError('layer_norm takes a vector, not a single number');
    const x = asReal(context.b, input.node);
    return scaled(context, standardised(context.b, x, [x.shape.length - 1]));
  },
};

/** group_norm(groups): over the positions of an image and each group of its channels. Source: Wu & He (2018). */
export const groupNorm: Layer = {
  name: 'group_norm',
  parameters: [{ name: 'groups', kind: 'size', required: true }],
  apply(context, input, { groups }) {
    if (groups?.kind !== 'size') throw new LayerError('group_norm needs a number of groups');
    const { b } = context;
    const { node, leading, height, width, channels } = asImage(b, 'group_norm', input);
    if (channels % groups.value !== 0) {
      throw new LayerError(`group_norm cannot part ${channels} channels into ${groups.value} groups; choose a divisor`);
    }
    const plates = node.shape.slice(0, leading);
    const apart = b.reshape(node, [...plates, height, width, groups.value, channels / groups.value]);
    const normal = standardised(b, apart, [leading, leading + 1, leading + 3]);
    return scaled(context, b.reshape(normal, node.shape));
  },
};
