"""Milliseconds a training step of the MNIST VAE in PyTorch on the CPU: python3 bench/step.py STEPS."""
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

steps = int(sys.argv[1])
torch.manual_seed(0)


def mlp(*sizes):
    layers = []
    for i in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def measure(foreach):
    encoder, heads = mlp(784, 400, 400), nn.Linear(400, 40)
    decoder = mlp(20, 400, 400, 784)
    parameters = [*encoder.parameters(), *heads.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3, foreach=foreach)
    x = torch.rand(128, 784)

    def step():
        mu, logvar = heads(torch.relu(encoder(x))).chunk(2, 1)
        z = mu + torch.exp(logvar / 2) * torch.randn_like(mu)
        likelihood = -F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / 128
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum() / 128
        optimizer.zero_grad()
        (kl - likelihood).backward()
        optimizer.step()

    for _ in range(10):
        step()
    started = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - started) / steps * 1000


print(min(measure(False), measure(True)))
