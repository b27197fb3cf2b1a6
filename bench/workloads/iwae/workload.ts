/** specs/vae/mnist_iwae.vae: 784-200-200-(50 + 50), 50-200-200-784, tanh, Bernoulli, batch 100, K draws a row. */
import { gallerySpec } from '../gallery.ts';
import { flopsOfLayers, type Workload } from '../workload.ts';

const batch = 100;
const encoder = [
  [784, 200],
  [200, 200],
  [200, 100],
] as const;
const decoder = [
  [50, 200],
  [200, 200],
  [200, 784],
] as const;

/** The spec with another number of draws. */
export function iwaeOf(name: string, title: string, checked: number, K: number): Workload {
  return {
    name,
    title,
    text: gallerySpec('vae/mnist_iwae.vae'),
    hypers: { K: `${K}` },
    mathematics: 'iwae',
    seed: 0,
    learningRate: 1e-3,
    field: 'x',
    parameters: Object.fromEntries(
      ['weight', 'bias'].flatMap((part) => [
        [`encoder.1.${part}`, [`encoder.dense_1.${part}`]] as const,
        [`encoder.2.${part}`, [`encoder.dense_2.${part}`]] as const,
        [`heads.${part}`, [`encoder.dense_3.${part}`, `encoder.dense_4.${part}`]] as const,
        ...[1, 2, 3].map((i) => [`decoder.${i}.${part}`, [`decoder.dense_${i}.${part}`]] as const),
      ]),
    ),
    draws: { noise: 'standard_normal' },
    checked,
    reference: 'float64',
    flops: flopsOfLayers(batch, encoder, true) + flopsOfLayers(batch * K, decoder, false),
  };
}

export const iwae: Workload = iwaeOf('iwae', 'IWAE 784-200-200-50, K = 50, batch 100', 3, 50);
