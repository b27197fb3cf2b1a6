/** specs/vae/conv_mnist.vae: two convolutions, dense layers, 16 latents and back by transposed convolutions, batch 128. */
import { gallerySpec } from '../gallery.ts';
import { flopsOfLayers, type Workload } from '../workload.ts';

const batch = 128;
/** A convolution has as many inputs as its window, and outputs at each position. */
const encoder = [
  [3 * 3 * 1, 14 * 14 * 32],
  [3 * 3 * 32, 7 * 7 * 64],
  [7 * 7 * 64, 128],
  [128, 2 * 16],
] as const;
/** A transposed one has as many outputs as its window, at each position of its input. */
const decoder = [
  [16, 128],
  [128, 7 * 7 * 64],
  [64, 7 * 7 * 4 * 4 * 32],
  [32, 14 * 14 * 4 * 4 * 1],
] as const;

export const conv: Workload = {
  name: 'conv',
  title: 'convolutional VAE 28²-14²·32-7²·64-128-16, batch 128',
  text: gallerySpec('vae/conv_mnist.vae'),
  mathematics: 'conv',
  seed: 0,
  learningRate: 1e-3,
  field: 'x',
  parameters: Object.fromEntries(
    ['weight', 'bias'].flatMap((part) => [
      [`encoder.1.${part}`, [`encoder.conv2d_1.${part}`]] as const,
      [`encoder.2.${part}`, [`encoder.conv2d_2.${part}`]] as const,
      [`encoder.3.${part}`, [`encoder.dense_1.${part}`]] as const,
      [`heads.${part}`, [`encoder.dense_2.${part}`, `encoder.dense_3.${part}`]] as const,
      [`decoder.1.${part}`, [`decoder.dense_1.${part}`]] as const,
      [`decoder.2.${part}`, [`decoder.dense_2.${part}`]] as const,
      [`decoder.3.${part}`, [`decoder.conv_transpose2d_1.${part}`]] as const,
      [`decoder.4.${part}`, [`decoder.conv_transpose2d_2.${part}`]] as const,
    ]),
  ),
  draws: { noise: 'standard_normal' },
  checked: 3,
  reference: 'first contender',
  flops: flopsOfLayers(batch, encoder, true) + flopsOfLayers(batch, decoder, false),
};
