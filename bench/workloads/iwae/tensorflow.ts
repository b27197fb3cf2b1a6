/** The loss of a batch in TensorFlow.js: a negative importance-weighted bound (Burda et al., 2016), the mean over rows, in nats. */
import * as tf from '@tensorflow/tfjs';

/** Tensors by name. */
type Parameters = Readonly<Record<string, tf.Tensor>>;

function dense(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return tf.fused.matMul({ a: x, b: p[`${name}.weight`]!, bias: p[`${name}.bias`]! });
}

export function loss(p: Parameters, x: tf.Tensor, { noise }: Parameters): tf.Tensor {
  const [rows, draws, latent] = noise!.shape as [number, number, number];
  const pixels = x.shape[1]!;
  const h = dense(p, 'encoder.2', dense(p, 'encoder.1', x).tanh()).tanh();
  const heads = dense(p, 'heads', h).reshape([rows, 1, 2 * latent]);
  const [mu, logvar] = tf.split(heads, 2, 2) as [tf.Tensor, tf.Tensor];
  const z = mu.add(logvar.mul(0.5).exp().mul(noise!));
  const below = z.reshape([rows * draws, latent]);
  const g = dense(p, 'decoder.2', dense(p, 'decoder.1', below).tanh()).tanh();
  const logits = dense(p, 'decoder.3', g).reshape([rows, draws, pixels]);
  // softplus(l) = max(l, 0) + log1p(exp(-|l|))
  const softplus = logits.relu().add(logits.abs().neg().exp().log1p());
  const likelihood = x.reshape([rows, 1, pixels]).mul(logits).sub(softplus).sum(2);
  // log p(z) - log q(z | x): the normalising constants cancel.
  const ratio = noise!.square().add(logvar).sub(z.square()).sum(2).mul(0.5);
  return tf.logSumExp(likelihood.add(ratio), 1).mean().neg().add(Math.log(draws));
}
