"""The loss of a batch in JAX: a negative evidence lower bound, the mean over rows, in nats; and the decoder's pictures."""
import jax
import jax.numpy as np


def dense(p, name, x):
    return x @ p[name + ".weight"] + p[name + ".bias"]


def hidden(p, net, x):
    for i in range(1, len(p) // 4):
        x = jax.nn.relu(dense(p, f"{net}.{i}", x))
    return x


def decoder(p, z):
    return dense(p, f"decoder.{len(p) // 4}", hidden(p, "decoder", z))


def loss(p, x, draws):
    mu, logvar = np.split(dense(p, "heads", hidden(p, "encoder", x)), 2, 1)
    logits = decoder(p, mu + np.exp(logvar / 2) * draws["noise"])
    reconstruction = (jax.nn.softplus(logits) - x * logits).sum()
    kl = 0.5 * (mu**2 + np.exp(logvar) - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]


def pictures(p, z):
    return jax.nn.sigmoid(decoder(p, z))
