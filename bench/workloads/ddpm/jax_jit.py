"""The loss of a batch in JAX: the mean squared error of the predicted noise at a uniform step (Ho et al., 2020)."""
import jax
import jax.numpy as np
import numpy

abar = numpy.cumprod(1 - numpy.linspace(1e-4, 0.02, 500))
signal = numpy.sqrt(abar).astype(numpy.float32)
sigma = numpy.sqrt(1 - abar).astype(numpy.float32)
frequencies = (10000 ** (-numpy.arange(32) / 31)).astype(numpy.float32)


def dense(p, name, x):
    return x @ p[name + ".weight"] + p[name + ".bias"]


def loss(p, x, draws):
    e = draws["e"].reshape(x.shape)
    before = np.floor(draws["u"].reshape(-1, 1) * 500)
    at = before[:, 0].astype(np.int32)
    noised = np.asarray(signal)[at, None] * x + np.asarray(sigma)[at, None] * e
    angle = (before + 1) * frequencies
    h = np.concatenate([noised, np.sin(angle), np.cos(angle)], 1)
    for layer in "123":
        h = jax.nn.silu(dense(p, layer, h))
    return np.square(e - dense(p, "4", h)).mean()
