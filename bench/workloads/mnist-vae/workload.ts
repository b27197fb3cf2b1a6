/** specs/vae/mnist_grey.vae: 784-400-400-(20 + 20), 20-400-400-784, Bernoulli, batch 128; and it at other sizes. */
import { gallerySpec } from '../gallery.ts';
import { flopsOfLayers, type Workload } from '../workload.ts';

export interface Sizes {
  readonly batch: number;
  readonly hidden: number;
  /** Hidden layers of the encoder, and of the decoder. */
  readonly depth: number;
}

const latent = 20;
const pixels = 784;
/** As the gallery's spec is written. */
const written: Sizes = { batch: 128, hidden: 400, depth: 2 };
const layer = ' |> dense(hidden, relu)';

/** The spec at other sizes than it is written for. */
export function vaeOf(name: string, title: string, checked: number, sizes: Partial<Sizes>): Workload {
  const { batch, hidden, depth } = { ...written, ...sizes };
  const between = Array.from({ length: depth - 1 }, () => [hidden, hidden] as const);
  const encoder = [[pixels, hidden] as const, ...between, [hidden, 2 * latent] as const];
  const decoder = [[latent, hidden] as const, ...between, [hidden, pixels] as const];
  return {
    name,
    title,
    text: gallerySpec('vae/mnist_grey.vae', {
      [`batch ${written.batch}`]: `batch ${batch}`,
      [layer.repeat(written.depth)]: layer.repeat(depth),
    }),
    hypers: { hidden: `${hidden}` },
    mathematics: 'mnist-vae',
    seed: 0,
    learningRate: 1e-3,
    field: 'x',
    parameters: Object.fromEntries(
      ['weight', 'bias'].flatMap((part) => [
        ...upTo(depth).map((i) => [`encoder.${i}.${part}`, [`encoder.dense_${i}.${part}`]] as const),
        [`heads.${part}`, [`encoder.dense_${depth + 1}.${part}`, `encoder.dense_${depth + 2}.${part}`]] as const,
        ...upTo(depth + 1).map((i) => [`decoder.${i}.${part}`, [`decoder.dense_${i}.${part}`]] as const),
      ]),
    ),
    draws: { noise: 'standard_normal' },
    checked,
    reference: 'float64',
    flops: flopsOfLayers(batch, encoder, true) + flopsOfLayers(batch, decoder, false),
  };
}

export const mnistVae: Workload = vaeOf('mnist-vae', 'MNIST VAE 784-400-400-20, batch 128', 6, {});

export const wide: Workload = vaeOf('wide', 'wide VAE 784-1024-1024-20, batch 512', 3, { batch: 512, hidden: 1024 });

/** 1 … count. */
function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
