"""The loss of a batch in JAX: a convolutional VAE's negative evidence lower bound, the mean over rows, in nats."""
import jax
import jax.numpy as np

ORDER = ("NHWC", "HWIO", "NHWC")


def dense(p, name, x):
    return x @ p[name + ".weight"] + p[name + ".bias"]


def shrink(p, name, images):
    kernel = p[name + ".weight"]
    same = jax.lax.conv_general_dilated(images, kernel, (2, 2), ((1, 1), (1, 1)), dimension_numbers=ORDER)
    return same + p[name + ".bias"]


def grow(p, name, images):
    """The gradient of a convolution by its input: a kernel of 4 and a padding of 1 leave 2 around the spread image."""
    kernel = p[name + ".weight"][::-1, ::-1]
    wide = jax.lax.conv_general_dilated(
        images, kernel, (1, 1), ((2, 2), (2, 2)), lhs_dilation=(2, 2), dimension_numbers=ORDER
    )
    return wide + p[name + ".bias"]


def loss(p, x, draws):
    images = x.reshape(-1, 28, 28, 1)
    h = jax.nn.silu(shrink(p, "encoder.2", jax.nn.silu(shrink(p, "encoder.1", images))))
    h = jax.nn.silu(dense(p, "encoder.3", h.reshape(x.shape[0], -1)))
    mu, logvar = np.split(dense(p, "heads", h), 2, 1)
    z = mu + np.exp(logvar / 2) * draws["noise"]
    h = jax.nn.silu(dense(p, "decoder.2", jax.nn.silu(dense(p, "decoder.1", z)))).reshape(-1, 7, 7, 64)
    logits = grow(p, "decoder.4", jax.nn.silu(grow(p, "decoder.3", h)))
    reconstruction = (jax.nn.softplus(logits) - images * logits).sum()
    kl = 0.5 * (mu**2 + np.exp(logvar) - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]
