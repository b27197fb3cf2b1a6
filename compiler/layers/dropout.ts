/** Dropout: entries left out at random while training. */
import { asReal, type Layer, LayerError } from './layer.ts';

/**
 * dropout(rate): in a training step each entry is 0 with probability `rate`, else divided by 1 - rate, so that its mean is
 * what it was; anywhere else the input itself. Source: Srivastava et al. (2014), in the form that scales while training.
 */
export const dropout: Layer = {
  name: 'dropout',
  random: true,
  parameters: [{ name: 'rate', kind: 'fraction', required: true }],
  apply({ b, uniform }, input, { rate }) {
    if (rate?.kind !== 'fraction') throw new LayerError('dropout needs a rate');
    const x = asReal(b, input.node);
    if (uniform === undefined || rate.value === 0) return x;
    const kept = 1 - rate.value;
    return b.select(b.map('lt', uniform(), kept), b.mul(x, 1 / kept), 0);
  },
};
