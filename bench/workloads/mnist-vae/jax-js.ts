/** The loss of a batch in jax-js: a negative evidence lower bound, the mean over rows, in nats; and the decoder's pictures. */
import { nn, numpy as np, type Array } from '@jax-js/jax';

/** Arrays by name. */
type Parameters = Readonly<Record<string, Array>>;

function dense(p: Parameters, name: string, x: Array): Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

function hidden(p: Parameters, net: string, x: Array): Array {
  let h = x;
  for (let i = 1; i <= depthOf(p); i++) h = nn.relu(dense(p, `${net}.${i}`, h));
  return h;
}

/** Hidden layers of each net. */
function depthOf(p: Parameters): number {
  return Object.keys(p).length / 4 - 1;
}

function decoder(p: Parameters, z: Array): Array {
  return dense(p, `decoder.${depthOf(p) + 1}`, hidden(p, 'decoder', z));
}

/** Takes over its arguments, as functions of jax-js do. */
export function loss(p: Parameters, x: Array, { noise }: Parameters): Array {
  const rows = x.shape[0]!;
  const [mu, logvar] = np.split(dense(p, 'heads', hidden(p, 'encoder', x.ref)), 2, 1) as [Array, Array];
  const logits = decoder(p, mu.ref.add(np.exp(logvar.ref.mul(0.5)).mul(noise!)));
  // softplus(l) = max(l, 0) + log1p(exp(-|l|)): the library's own overflows for a large logit.
  const softplus = nn.relu(logits.ref).add(np.log1p(np.exp(np.negative(np.absolute(logits.ref)))));
  const reconstruction = np.sum(softplus.sub(x.mul(logits)));
  const kl = np.sum(np.square(mu).add(np.exp(logvar.ref)).sub(1).sub(logvar)).mul(0.5);
  return reconstruction.add(kl).mul(1 / rows);
}

/** Takes over its arguments; those of the encoder are not needed. */
export function pictures(p: Parameters, z: Array): Array {
  return nn.sigmoid(decoder(p, z));
}
