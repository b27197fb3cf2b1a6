"""The loss of a batch in PyTorch: a convolutional VAE's negative evidence lower bound, the mean over rows, in nats."""
from typing import Dict

import torch
import torch.nn.functional as F
from torch import Tensor


def kept(name: str, value: Tensor) -> Tensor:
    """A parameter of images [height, width, channels] as PyTorch keeps it, whose images are [channels, height, width]."""
    if value.dim() == 4:
        return value.permute(3, 2, 0, 1) if name.startswith("encoder") else value.permute(2, 3, 0, 1)
    if name == "encoder.3.weight":
        return value.reshape(7, 7, 64, -1).permute(2, 0, 1, 3).reshape(7 * 7 * 64, -1).t()
    if name.startswith("decoder.2."):
        value = value.reshape(-1, 7, 7, 64).permute(3, 1, 2, 0).reshape(7 * 7 * 64, -1)
        return value if name.endswith("weight") else value.flatten()
    return value.t() if value.dim() == 2 else value


def dense(p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def loss(p: Dict[str, Tensor], x: Tensor, draws: Dict[str, Tensor]) -> Tensor:
    images = x.view(-1, 1, 28, 28)
    h = F.silu(F.conv2d(images, p["encoder.1.weight"], p["encoder.1.bias"], stride=2, padding=1))
    h = F.silu(F.conv2d(h, p["encoder.2.weight"], p["encoder.2.bias"], stride=2, padding=1))
    h = F.silu(dense(p, "encoder.3", h.flatten(1)))
    mu, logvar = dense(p, "heads", h).chunk(2, 1)
    z = mu + torch.exp(logvar / 2) * draws["noise"]
    h = F.silu(dense(p, "decoder.2", F.silu(dense(p, "decoder.1", z)))).view(-1, 64, 7, 7)
    h = F.silu(F.conv_transpose2d(h, p["decoder.3.weight"], p["decoder.3.bias"], stride=2, padding=1))
    logits = F.conv_transpose2d(h, p["decoder.4.weight"], p["decoder.4.bias"], stride=2, padding=1)
    reconstruction = F.binary_cross_entropy_with_logits(logits, images, reduction="sum")
    kl = 0.5 * (mu * mu + torch.exp(logvar) - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]
