/** The loss of a batch in jax-js: a convolutional VAE's negative evidence lower bound, the mean over rows, in nats. */
import { lax, nn, numpy as np, type Array } from '@jax-js/jax';

/** Arrays by name. */
type Parameters = Readonly<Record<string, Array>>;
type Pair = [number, number];

const stride: Pair = [2, 2];
const padding: [Pair, Pair] = [
  [1, 1],
  [1, 1],
];

/** A parameter of images [height, width, channels] as it is kept here, where images are [channels, height, width]. */
export function kept(name: string, value: Array): Array {
  if (value.shape.length === 4) return np.transpose(value, name.startsWith('encoder') ? [3, 2, 0, 1] : [2, 3, 0, 1]);
  if (name === 'encoder.3.weight')
    return np.transpose(value.reshape([7, 7, 64, -1]), [2, 0, 1, 3]).reshape([7 * 7 * 64, -1]);
  if (!name.startsWith('decoder.2.')) return value;
  const turned = np.transpose(value.reshape([-1, 7, 7, 64]), [0, 3, 1, 2]);
  return turned.reshape(name.endsWith('weight') ? [-1, 7 * 7 * 64] : [7 * 7 * 64]);
}

function dense(p: Parameters, name: string, x: Array): Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

function biased(p: Parameters, name: string, images: Array): Array {
  return images.add(p[`${name}.bias`]!.reshape([1, -1, 1, 1]));
}

function shrink(p: Parameters, name: string, images: Array): Array {
  return biased(p, name, lax.convGeneralDilated(images, p[`${name}.weight`]!, stride, padding));
}

function grow(p: Parameters, name: string, images: Array): Array {
  const options = { transposeKernel: true };
  return biased(p, name, lax.convTranspose(images, p[`${name}.weight`]!, stride, padding, options));
}

/** Takes over its arguments, as functions of jax-js do. */
export function loss(p: Parameters, x: Array, { noise }: Parameters): Array {
  const rows = x.shape[0]!;
  const images = x.reshape([rows, 1, 28, 28]);
  const seen = nn.silu(shrink(p, 'encoder.2', nn.silu(shrink(p, 'encoder.1', images.ref))));
  const h = nn.silu(dense(p, 'encoder.3', seen.reshape([rows, 7 * 7 * 64])));
  const [mu, logvar] = np.split(dense(p, 'heads', h), 2, 1) as [Array, Array];
  const z = mu.ref.add(np.exp(logvar.ref.mul(0.5)).mul(noise!));
  const g = nn.silu(dense(p, 'decoder.2', nn.silu(dense(p, 'decoder.1', z)))).reshape([rows, 64, 7, 7]);
  const logits = grow(p, 'decoder.4', nn.silu(grow(p, 'decoder.3', g)));
  // softplus(l) = max(l, 0) + log1p(exp(-|l|)): the library's own overflows for a large logit.
  const softplus = nn.relu(logits.ref).add(np.log1p(np.exp(np.negative(np.absolute(logits.ref)))));
  const reconstruction = np.sum(softplus.sub(images.mul(logits)));
  const kl = np.sum(np.square(mu).add(np.exp(logvar.ref)).sub(1).sub(logvar)).mul(0.5);
  return reconstruction.add(kl).mul(1 / rows);
}
