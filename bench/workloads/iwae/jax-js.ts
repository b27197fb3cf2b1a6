/** The loss of a batch in jax-js: a negative importance-weighted bound (Burda et al., 2016), the mean over rows, in nats. */
import { nn, numpy as np, type Array } from '@jax-js/jax';

/** Arrays by name. */
type Parameters = Readonly<Record<string, Array>>;

function dense(p: Parameters, name: string, x: Array): Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

/** Takes over its arguments, as functions of jax-js do. */
export function loss(p: Parameters, x: Array, { noise }: Parameters): Array {
  const [rows, draws, latent] = noise!.shape as [number, number, number];
  const pixels = x.shape[1]!;
  const h = np.tanh(dense(p, 'encoder.2', np.tanh(dense(p, 'encoder.1', x.ref))));
  const heads = dense(p, 'heads', h).reshape([rows, 1, 2 * latent]);
  const [mu, logvar] = np.split(heads, 2, 2) as [Array, Array];
  const z = mu.add(np.exp(logvar.ref.mul(0.5)).mul(noise!.ref));
  const below = z.ref.reshape([rows * draws, latent]);
  const g = np.tanh(dense(p, 'decoder.2', np.tanh(dense(p, 'decoder.1', below))));
  const logits = dense(p, 'decoder.3', g).reshape([rows, draws, pixels]);
  // softplus(l) = max(l, 0) + log1p(exp(-|l|)): the library's own overflows for a large logit.
  const softplus = nn.relu(logits.ref).add(np.log1p(np.exp(np.negative(np.absolute(logits.ref)))));
  const likelihood = np.sum(x.reshape([rows, 1, pixels]).mul(logits).sub(softplus), 2);
  // log p(z) - log q(z | x): the normalising constants cancel.
  const ratio = np.sum(np.square(noise!).add(logvar).sub(np.square(z)), 2).mul(0.5);
  const bounds = nn.logsumexp(likelihood.add(ratio), 1);
  return np.negative(np.sum(bounds).mul(1 / rows)).add(Math.log(draws));
}
