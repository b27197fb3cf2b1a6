/** The transposed convolution of an image, which enlarges it. */
import { convolution } from './convolution.ts';

/**
 * conv_transpose2d(channels, size, activation, stride:, padding:, init:, bias:): the adjoint of a conv2d's input with the
 * same stride and padding: position y of the output is Σ over the places k of a window of x[(y + padding - k) / stride]
 * W[k] where that is a position, of (extent - 1) · stride - 2 · padding + size positions. Without `padding:` it is
 * ⌊(size - stride) / 2⌋, which makes an image `stride` times as large where size - stride is even. W and c start as
 * PyTorch's, U(±1 / √(channels out · size²)). Source: Zeiler et al. (2010).
 */
export const convTranspose2d = convolution({
  name: 'conv_transpose2d',
  slide: (extent, { size, stride, padding }) => ({
    extent: (extent - 1) * stride - 2 * padding + size,
    stride: 1,
    dilation: -1,
    start: padding,
    divisor: stride,
  }),
  padding: (size, stride) => Math.max(0, Math.floor((size - stride) / 2)),
  fanIn: (_, outputs, size) => outputs * size * size,
});
