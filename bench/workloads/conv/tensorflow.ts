/** The loss of a batch in TensorFlow.js: a convolutional VAE's negative evidence lower bound, the mean over rows, in nats. */
import * as tf from '@tensorflow/tfjs';

/** Tensors by name. */
type Parameters = Readonly<Record<string, tf.Tensor>>;

/** Transposed convolutions are kept [height, width, channels out, channels in]. */
export function kept(name: string, value: tf.Tensor): tf.Tensor {
  return value.shape.length === 4 && name.startsWith('decoder') ? tf.transpose(value, [0, 1, 3, 2]) : value;
}

function dense(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return tf.fused.matMul({ a: x, b: p[`${name}.weight`]!, bias: p[`${name}.bias`]! });
}

function shrink(p: Parameters, name: string, images: tf.Tensor): tf.Tensor {
  return tf.conv2d(images, p[`${name}.weight`]!, 2, 1).add(p[`${name}.bias`]!);
}

function grow(p: Parameters, name: string, images: tf.Tensor): tf.Tensor {
  const weight = p[`${name}.weight`]!;
  const [rows, height, width] = images.shape as [number, number, number];
  const shape: [number, number, number, number] = [rows, 2 * height, 2 * width, weight.shape[2]!];
  return tf.conv2dTranspose(images, weight, shape, 2, 1).add(p[`${name}.bias`]!);
}

function silu(x: tf.Tensor): tf.Tensor {
  return x.mul(x.sigmoid());
}

export function loss(p: Parameters, x: tf.Tensor, { noise }: Parameters): tf.Tensor {
  const rows = x.shape[0]!;
  const images = x.reshape([rows, 28, 28, 1]);
  const seen = silu(shrink(p, 'encoder.2', silu(shrink(p, 'encoder.1', images))));
  const h = silu(dense(p, 'encoder.3', seen.reshape([rows, 7 * 7 * 64])));
  const [mu, logvar] = tf.split(dense(p, 'heads', h), 2, 1) as [tf.Tensor, tf.Tensor];
  const z = mu.add(logvar.mul(0.5).exp().mul(noise!));
  const g = silu(dense(p, 'decoder.2', silu(dense(p, 'decoder.1', z)))).reshape([rows, 7, 7, 64]);
  const logits = grow(p, 'decoder.4', silu(grow(p, 'decoder.3', g)));
  // softplus(l) = max(l, 0) + log1p(exp(-|l|))
  const softplus = logits.relu().add(logits.abs().neg().exp().log1p());
  const reconstruction = softplus.sub(images.mul(logits)).sum();
  const kl = mu.square().add(logvar.exp()).sub(1).sub(logvar).sum().mul(0.5);
  return reconstruction.add(kl).div(rows);
}
