/** specs/vae/mnist_grey.vae: 784-400-400-(20 + 20), 20-400-400-784, Bernoulli, batch 128. */
import { flopsOfLayers, type Workload } from '../workload.ts';

const batch = 128;
const encoder = [
  [784, 400],
  [400, 400],
  [400, 40],
] as const;
const decoder = [
  [20, 400],
  [400, 400],
  [400, 784],
] as const;

export const mnistVae: Workload = {
  name: 'mnist-vae',
  title: 'MNIST VAE 784-400-400-20, batch 128',
  spec: 'specs/vae/mnist_grey.vae',
  seed: 0,
  learningRate: 1e-3,
  field: 'x',
  parameters: {
    'encoder.1.weight': ['encoder.dense_1.weight'],
    'encoder.1.bias': ['encoder.dense_1.bias'],
    'encoder.2.weight': ['encoder.dense_2.weight'],
    'encoder.2.bias': ['encoder.dense_2.bias'],
    'heads.weight': ['encoder.dense_3.weight', 'encoder.dense_4.weight'],
    'heads.bias': ['encoder.dense_3.bias', 'encoder.dense_4.bias'],
    'decoder.1.weight': ['decoder.dense_1.weight'],
    'decoder.1.bias': ['decoder.dense_1.bias'],
    'decoder.2.weight': ['decoder.dense_2.weight'],
    'decoder.2.bias': ['decoder.dense_2.bias'],
    'decoder.3.weight': ['decoder.dense_3.weight'],
    'decoder.3.bias': ['decoder.dense_3.bias'],
  },
  draws: { noise: 'standard_normal' },
  flops: flopsOfLayers(batch, encoder, true) + flopsOfLayers(batch, decoder, false),
};
