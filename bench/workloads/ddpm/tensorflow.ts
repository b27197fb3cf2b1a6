/** The loss of a batch in TensorFlow.js: the mean squared error of the predicted noise at a uniform step (Ho et al., 2020). */
import * as tf from '@tensorflow/tfjs';
import { frequencies, sigma, signal, T } from './tables.ts';

/** Tensors by name. */
type Parameters = Readonly<Record<string, tf.Tensor>>;

function dense(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return tf.fused.matMul({ a: x, b: p[`${name}.weight`]!, bias: p[`${name}.bias`]! });
}

export function loss(p: Parameters, x: tf.Tensor, { u, e }: Parameters): tf.Tensor {
  const [rows, width] = [x.shape[0]!, x.shape[1]!];
  const noise = e!.reshape([rows, width]);
  const t = u!.reshape([rows]).mul(T).floor().add(1);
  const at = (table: Float32Array): tf.Tensor => tf.gather(tf.tensor(table, [T + 1]), t.toInt()).reshape([rows, 1]);
  const noised = at(signal).mul(x).add(at(sigma).mul(noise));
  const angle = t.reshape([rows, 1]).mul(tf.tensor(frequencies, [1, frequencies.length]));
  const input = tf.concat([noised, angle.sin(), angle.cos()], 1);
  const h = ['1', '2', '3'].reduce((below, layer) => {
    const made = dense(p, layer, below);
    return made.mul(made.sigmoid());
  }, input);
  return noise
    .sub(dense(p, '4', h))
    .square()
    .mean();
}
