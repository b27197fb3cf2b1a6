"""The loss of a batch in JAX: a negative importance-weighted bound (Burda et al., 2016), the mean over rows, in nats."""
import jax
import jax.numpy as np


def dense(p, name, x):
    return x @ p[name + ".weight"] + p[name + ".bias"]


def loss(p, x, draws):
    noise = draws["noise"]
    h = np.tanh(dense(p, "encoder.2", np.tanh(dense(p, "encoder.1", x))))
    mu, logvar = np.split(dense(p, "heads", h)[:, None], 2, 2)
    z = mu + np.exp(logvar / 2) * noise
    h = np.tanh(dense(p, "decoder.2", np.tanh(dense(p, "decoder.1", z))))
    logits = dense(p, "decoder.3", h)
    likelihood = (x[:, None] * logits - jax.nn.softplus(logits)).sum(2)
    # log p(z) - log q(z | x): the normalising constants cancel.
    ratio = 0.5 * (noise**2 + logvar - z**2).sum(2)
    return np.log(noise.shape[1]) - jax.nn.logsumexp(likelihood + ratio, 1).mean()
