/** The sinusoidal embedding of a time or a position: no parameters. */
import { asReal, type Layer, LayerError, ownShape } from './layer.ts';

/** The longest wave is this many times the shortest. */
const span = 10000;

/**
 * sinusoidal(width): of a number t the width numbers sin(t ω_i), then cos(t ω_i), with ω_i = 10000^(-i / (width / 2 - 1))
 * for i = 0 … width / 2 - 1. Source: Vaswani et al. (2017), as Ho et al. (2020) take it.
 */
export const sinusoidal: Layer = {
  name: 'sinusoidal',
  parameters: [{ name: 'width', kind: 'size', required: true }],
  apply({ b }, input, { width }) {
    if (width?.kind !== 'size' || width.value % 2 !== 0 || width.value < 4) {
      throw new LayerError('sinusoidal needs an even width of at least 4');
    }
    if (ownShape(input).length > 0) throw new LayerError('sinusoidal takes a single number, such as a step');
    const half = width.value / 2;
    const frequencies = Array.from({ length: half }, (_, i) => span ** (-i / (half - 1)));
    const { shape } = input.node;
    const full = [...shape, half];
    const time = b.broadcast(
      asReal(b, input.node),
      full,
      shape.map((_, axis) => axis),
    );
    const angle = b.mul(time, b.broadcast(b.array(frequencies, [half]), full, [shape.length]));
    return b.concat([b.map('sin', angle), b.map('cos', angle)], shape.length);
  },
};
