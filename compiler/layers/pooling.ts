/** Layers that make images smaller or larger without weights. */
import { asImage } from './images.ts';
import { type Layer, LayerError } from './layer.ts';

/** avg_pool(size): the mean of every size by size square, side by side. Both extents must be multiples of size. */
export const avgPool: Layer = {
  name: 'avg_pool',
  parameters: [{ name: 'size', kind: 'size', required: true }],
  apply({ b }, input, { size }) {
    if (size?.kind !== 'size') throw new LayerError('avg_pool needs a size');
    const { node, leading, height, width, channels } = asImage(b, 'avg_pool', input);
    const s = size.value;
    if (height % s !== 0 || width % s !== 0) {
      throw new LayerError(`avg_pool(${s}) parts no image of ${height} by ${width} evenly; choose a divisor of both`);
    }
    const plates = node.shape.slice(0, leading);
    const squares = b.reshape(node, [...plates, height / s, s, width / s, s, channels]);
    return b.mul(b.sum(squares, [leading + 1, leading + 3]), 1 / (s * s));
  },
};

/** upsample(factor): every position factor by factor times, the nearest neighbour's value. */
export const upsample: Layer = {
  name: 'upsample',
  parameters: [{ name: 'factor', kind: 'size', required: true }],
  apply({ b }, input, { factor }) {
    if (factor?.kind !== 'size') throw new LayerError('upsample needs a factor');
    const { node, leading, height, width, channels } = asImage(b, 'upsample', input);
    const f = factor.value;
    const plates = node.shape.slice(0, leading);
    const axes = [...plates.keys(), leading, leading + 2, leading + 4];
    const repeated = b.broadcast(node, [...plates, height, f, width, f, channels], axes);
    return b.reshape(repeated, [...plates, height * f, width * f, channels]);
  },
};
