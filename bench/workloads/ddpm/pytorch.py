"""The loss of a batch in PyTorch: the mean squared error of the predicted noise at a uniform step (Ho et al., 2020)."""
from typing import Dict

import torch
import torch.nn.functional as F
from torch import Tensor

abar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 500, dtype=torch.float64), 0)
frequencies = 10000 ** (-torch.arange(32, dtype=torch.float64) / 31)
tables = {"signal": abar.sqrt().float(), "sigma": (1 - abar).sqrt().float(), "frequencies": frequencies.float()}


def loss(p: Dict[str, Tensor], x: Tensor, draws: Dict[str, Tensor]) -> Tensor:
    e = draws["e"].reshape(x.shape)
    before = torch.floor(draws["u"].reshape(-1, 1) * 500)
    at = before.flatten().long()
    noised = draws["signal"][at].unsqueeze(1) * x + draws["sigma"][at].unsqueeze(1) * e
    angle = (before + 1) * draws["frequencies"]
    h = torch.cat([noised, torch.sin(angle), torch.cos(angle)], 1)
    h = F.silu(F.linear(h, p["1.weight"], p["1.bias"]))
    h = F.silu(F.linear(h, p["2.weight"], p["2.bias"]))
    h = F.silu(F.linear(h, p["3.weight"], p["3.bias"]))
    return torch.square(e - F.linear(h, p["4.weight"], p["4.bias"])).mean()
