/** The embedding layer: a trainable vector for every category. */
import type { Initialiser } from '../4-tensor/program.ts';
import { type Layer, LayerError } from './layer.ts';

/**
 * embedding(width, init:): the row of a table [categories, width] that the category names; an own shape s of categories
 * becomes [...s, width]. The table starts as PyTorch's, N(0, 1). Source: Bengio et al. (2003).
 */
export const embedding: Layer = {
  name: 'embedding',
  parameters: [
    { name: 'width', kind: 'size', required: true },
    { name: 'init', kind: 'initialiser', required: false },
  ],
  apply({ b, parameter }, { node, categories }, { width, init }) {
    if (width?.kind !== 'size') throw new LayerError('embedding needs a width');
    if (categories === undefined || node.dtype !== 'u32') {
      throw new LayerError(
        "embedding takes a category; give it a value of type category(k), or use 'dense' for numbers",
      );
    }
    const normal: Initialiser = { kind: 'normal', sd: 1 };
    const start = init?.kind === 'initialiser' ? init.value(categories, width.value) : normal;
    return b.take(parameter('weight', [categories, width.value], start), node);
  },
};
