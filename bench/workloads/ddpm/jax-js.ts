/** The loss of a batch in jax-js: the mean squared error of the predicted noise at a uniform step (Ho et al., 2020). */
import { nn, numpy as np, type Array } from '@jax-js/jax';
import { frequencies, sigma, signal, T } from './tables.ts';

/** Arrays by name. */
type Parameters = Readonly<Record<string, Array>>;

function dense(p: Parameters, name: string, x: Array): Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

/** Takes over its arguments, as functions of jax-js do. */
export function loss(p: Parameters, x: Array, { u, e }: Parameters): Array {
  const [rows, width] = [x.shape[0]!, x.shape[1]!];
  const noise = e!.reshape([rows, width]);
  const t = np.floor(u!.reshape([rows]).mul(T)).add(1);
  const step = t.ref.astype(np.uint32);
  const at = (table: Float32Array, index: Array): Array => np.take(np.array(table), index).reshape([rows, 1]);
  const noised = at(signal, step.ref).mul(x).add(at(sigma, step).mul(noise.ref));
  const angle = t.reshape([rows, 1]).mul(np.array(frequencies));
  const input = np.concatenate([noised, np.sin(angle.ref), np.cos(angle)], 1);
  const h = ['1', '2', '3'].reduce((below, layer) => nn.silu(dense(p, layer, below)), input);
  return np.sum(np.square(noise.sub(dense(p, '4', h)))).mul(1 / (rows * width));
}
