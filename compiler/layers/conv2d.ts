/** The convolution of an image. */
import { convolution } from './convolution.ts';

/**
 * conv2d(channels, size, activation, stride:, padding:, init:, bias:): at each position y of the output Σ over the places
 * k of a window and the channels of x[y · stride + k - padding] W[k]; beyond the image there are zeros. Without
 * `padding:` it is ⌊size / 2⌋, which keeps an image as large as it is where the stride is 1 and the size odd. W and c start
 * as PyTorch's, U(±1 / √(channels in · size²)). Source: LeCun et al. (1998).
 */
export const conv2d = convolution({
  name: 'conv2d',
  slide: (extent, { size, stride, padding }) => ({
    extent: Math.floor((extent + 2 * padding - size) / stride) + 1,
    stride,
    dilation: 1,
    start: -padding,
    divisor: 1,
  }),
  padding: (size) => Math.floor(size / 2),
  fanIn: (inputs, _, size) => inputs * size * size,
});
