"""The same 20 training steps in PyTorch: reads a JSON of weights, batches and noise, prints the loss of every step."""
import json
import math
import sys

import torch
import torch.nn.functional as F

case = json.load(open(sys.argv[1]))
tensor = lambda values: torch.tensor(values["data"], dtype=torch.float32).reshape(values["shape"])
parameters = {path: tensor(value).requires_grad_() for path, value in case["parameters"].items()}
optimizer = torch.optim.Adam(parameters.values(), lr=case["lr"])
batches, noises = tensor(case["x"]), tensor(case["noise"])


def dense(x, path):
    return x @ parameters[path + ".weight"] + parameters[path + ".bias"]


def log_normal(x, mean, logvar):
    return (-0.5 * ((x - mean) ** 2 / logvar.exp() + logvar + math.log(2 * math.pi))).sum(-1)


def log_likelihood(x, z):
    h = torch.relu(dense(z, "decoder.dense_1"))
    logits = dense(torch.relu(dense(h, "decoder.dense_2")), "decoder.dense_3")
    return -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)


def objective(x, noise):
    h = torch.relu(dense(torch.relu(dense(x, "encoder.dense_1")), "encoder.dense_2"))
    mu, logvar = dense(h, "encoder.dense_3"), dense(h, "encoder.dense_4")
    if case["objective"] == "elbo":
        z = mu + torch.exp(logvar / 2) * noise
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)
        return log_likelihood(x, z) - kl
    if case["objective"] == "stl":
        z = mu + torch.exp(logvar / 2) * noise
        prior = log_normal(z, torch.zeros(()), torch.zeros(()))
        return log_likelihood(x, z) + prior - log_normal(z, mu.detach(), logvar.detach())
    mu, logvar = mu[:, None], logvar[:, None]
    z = mu + torch.exp(logvar / 2) * noise
    prior = log_normal(z, torch.zeros(()), torch.zeros(()))
    weights = log_likelihood(x[:, None], z) + prior - log_normal(z, mu, logvar)
    return torch.logsumexp(weights, 1) - math.log(noise.shape[1])


losses = []
for x, noise in zip(batches, noises):
    bound = objective(x, noise).mean()
    losses.append(bound.item())
    optimizer.zero_grad()
    (-bound).backward()
    optimizer.step()
print(json.dumps(losses))
