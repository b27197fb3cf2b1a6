/** specs/diffusion/ddpm_mixture.vae: (2 + 64)-256-256-256-2, silu, T = 500, batch 512. */
import { gallerySpec } from '../gallery.ts';
import { flopsOfLayers, type Workload } from '../workload.ts';

const layers = [
  [66, 256],
  [256, 256],
  [256, 256],
  [256, 2],
] as const;

export const ddpm: Workload = {
  name: 'ddpm',
  title: 'DDPM denoiser 66-256-256-256-2, batch 512',
  text: gallerySpec('diffusion/ddpm_mixture.vae'),
  mathematics: 'ddpm',
  seed: 0,
  learningRate: 1e-3,
  field: 'x',
  parameters: Object.fromEntries(
    layers.flatMap((_, i) =>
      ['weight', 'bias'].map((part) => [`${i + 1}.${part}`, [`eps.dense_${i + 1}.${part}`]] as const),
    ),
  ),
  draws: { u: 'standard_uniform', e: 'standard_normal' },
  checked: 6,
  reference: 'float64',
  flops: flopsOfLayers(512, layers, true),
};
