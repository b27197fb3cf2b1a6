/** The loss of a batch in jax-js: a negative evidence lower bound, the mean over rows, in nats. */
import { nn, numpy as np, type Array } from '@jax-js/jax';

/** Arrays by name. */
type Parameters = Readonly<Record<string, Array>>;

function dense(p: Parameters, name: string, x: Array): Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

/** Takes over its arguments, as functions of jax-js do. */
export function loss(p: Parameters, x: Array, { noise }: Parameters): Array {
  const rows = x.shape[0]!;
  const h1 = nn.relu(dense(p, 'encoder.1', x.ref));
  const h2 = nn.relu(dense(p, 'encoder.2', h1));
  const [mu, logvar] = np.split(dense(p, 'heads', h2), 2, 1) as [Array, Array];
  const z = mu.ref.add(np.exp(logvar.ref.mul(0.5)).mul(noise!));
  const h3 = nn.relu(dense(p, 'decoder.1', z));
  const h4 = nn.relu(dense(p, 'decoder.2', h3));
  const logits = dense(p, 'decoder.3', h4);
  // softplus(l) = max(l, 0) + log1p(exp(-|l|)): the library's own overflows for a large logit.
  const softplus = nn.relu(logits.ref).add(np.log1p(np.exp(np.negative(np.absolute(logits.ref)))));
  const reconstruction = np.sum(softplus.sub(x.mul(logits)));
  const kl = np.sum(np.square(mu).add(np.exp(logvar.ref)).sub(1).sub(logvar)).mul(0.5);
  return reconstruction.add(kl).mul(1 / rows);
}
