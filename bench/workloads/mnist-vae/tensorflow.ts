/** The loss of a batch in TensorFlow.js: a negative evidence lower bound, the mean over rows, in nats. */
import * as tf from '@tensorflow/tfjs';

/** Tensors by name. */
type Parameters = Readonly<Record<string, tf.Tensor>>;

function dense(p: Parameters, name: string, x: tf.Tensor, activation?: 'relu'): tf.Tensor {
  return tf.fused.matMul({
    a: x,
    b: p[`${name}.weight`]!,
    bias: p[`${name}.bias`]!,
    ...(activation && { activation }),
  });
}

export function loss(p: Parameters, x: tf.Tensor, { noise }: Parameters): tf.Tensor {
  const rows = x.shape[0]!;
  const h = dense(p, 'encoder.2', dense(p, 'encoder.1', x, 'relu'), 'relu');
  const [mu, logvar] = tf.split(dense(p, 'heads', h), 2, 1) as [tf.Tensor, tf.Tensor];
  const z = mu.add(logvar.mul(0.5).exp().mul(noise!));
  const g = dense(p, 'decoder.2', dense(p, 'decoder.1', z, 'relu'), 'relu');
  const logits = dense(p, 'decoder.3', g);
  // softplus(l) = max(l, 0) + log1p(exp(-|l|))
  const softplus = logits.relu().add(logits.abs().neg().exp().log1p());
  const reconstruction = softplus.sub(x.mul(logits)).sum();
  const kl = mu.square().add(logvar.exp()).sub(1).sub(logvar).sum().mul(0.5);
  return reconstruction.add(kl).div(rows);
}
