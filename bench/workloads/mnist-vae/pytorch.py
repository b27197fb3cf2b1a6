"""The loss of a batch in PyTorch: a negative evidence lower bound, the mean over rows, in nats."""
from typing import Dict

import torch
import torch.nn.functional as F
from torch import Tensor


def dense(p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def loss(p: Dict[str, Tensor], x: Tensor, draws: Dict[str, Tensor]) -> Tensor:
    h = torch.relu(dense(p, "encoder.1", x))
    h = torch.relu(dense(p, "encoder.2", h))
    mu, logvar = dense(p, "heads", h).chunk(2, 1)
    z = mu + torch.exp(logvar / 2) * draws["noise"]
    h = torch.relu(dense(p, "decoder.1", z))
    h = torch.relu(dense(p, "decoder.2", h))
    logits = dense(p, "decoder.3", h)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = 0.5 * (mu * mu + torch.exp(logvar) - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]
