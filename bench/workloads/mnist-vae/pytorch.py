"""The loss of a batch in PyTorch: a negative evidence lower bound, the mean over rows, in nats; and the decoder's pictures."""
from typing import Dict

import torch
import torch.nn.functional as F
from torch import Tensor


def dense(p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def decoder(p: Dict[str, Tensor], z: Tensor) -> Tensor:
    depth = len(p) // 4 - 1
    h = z
    for i in range(1, depth + 1):
        h = torch.relu(dense(p, "decoder." + str(i), h))
    return dense(p, "decoder." + str(depth + 1), h)


def loss(p: Dict[str, Tensor], x: Tensor, draws: Dict[str, Tensor]) -> Tensor:
    depth = len(p) // 4 - 1
    h = x
    for i in range(1, depth + 1):
        h = torch.relu(dense(p, "encoder." + str(i), h))
    mu, logvar = dense(p, "heads", h).chunk(2, 1)
    logits = decoder(p, mu + torch.exp(logvar / 2) * draws["noise"])
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = 0.5 * (mu * mu + torch.exp(logvar) - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]


def pictures(p: Dict[str, Tensor], z: Tensor) -> Tensor:
    return torch.sigmoid(decoder(p, z))
