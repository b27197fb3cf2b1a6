"""The loss of a batch in PyTorch: a negative importance-weighted bound (Burda et al., 2016), the mean over rows, in nats."""
from typing import Dict

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def dense(p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def loss(p: Dict[str, Tensor], x: Tensor, draws: Dict[str, Tensor]) -> Tensor:
    noise = draws["noise"]
    h = torch.tanh(dense(p, "encoder.2", torch.tanh(dense(p, "encoder.1", x))))
    mu, logvar = dense(p, "heads", h).unsqueeze(1).chunk(2, 2)
    z = mu + torch.exp(logvar / 2) * noise
    h = torch.tanh(dense(p, "decoder.2", torch.tanh(dense(p, "decoder.1", z))))
    logits = dense(p, "decoder.3", h)
    seen = x.unsqueeze(1).expand_as(logits)
    likelihood = -F.binary_cross_entropy_with_logits(logits, seen, reduction="none").sum(2)
    # log p(z) - log q(z | x): the normalising constants cancel.
    ratio = 0.5 * (noise * noise + logvar - z * z).sum(2)
    return math.log(noise.shape[1]) - torch.logsumexp(likelihood + ratio, 1).mean()
