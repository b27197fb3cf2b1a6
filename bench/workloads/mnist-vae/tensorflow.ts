/** The loss of a batch in TensorFlow.js: a negative evidence lower bound, the mean over rows, in nats; and the decoder's pictures. */
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

function hidden(p: Parameters, net: string, x: tf.Tensor): tf.Tensor {
  let h = x;
  for (let i = 1; i <= depthOf(p); i++) h = dense(p, `${net}.${i}`, h, 'relu');
  return h;
}

/** Hidden layers of each net. */
function depthOf(p: Parameters): number {
  return Object.keys(p).length / 4 - 1;
}

function decoder(p: Parameters, z: tf.Tensor): tf.Tensor {
  return dense(p, `decoder.${depthOf(p) + 1}`, hidden(p, 'decoder', z));
}

export function loss(p: Parameters, x: tf.Tensor, { noise }: Parameters): tf.Tensor {
  const rows = x.shape[0]!;
  const [mu, logvar] = tf.split(dense(p, 'heads', hidden(p, 'encoder', x)), 2, 1) as [tf.Tensor, tf.Tensor];
  const logits = decoder(p, mu.add(logvar.mul(0.5).exp().mul(noise!)));
  // softplus(l) = max(l, 0) + log1p(exp(-|l|))
  const softplus = logits.relu().add(logits.abs().neg().exp().log1p());
  const reconstruction = softplus.sub(x.mul(logits)).sum();
  const kl = mu.square().add(logvar.exp()).sub(1).sub(logvar).sum().mul(0.5);
  return reconstruction.add(kl).div(rows);
}

export function pictures(p: Parameters, z: tf.Tensor): tf.Tensor {
  return decoder(p, z).sigmoid();
}
