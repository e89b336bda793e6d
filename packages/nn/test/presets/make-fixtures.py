"""Writes torch.json: what the models of reference.ts give in PyTorch with the defaults of its layers, in float64.

Weights, inputs and cotangents are the sines of ../networks/make-fixtures.py, so that only sums are kept.
"""

import json
import math
import pathlib
import sys

import torch
from torch import nn

sys.path.append(str(pathlib.Path(__file__).parent.parent / "networks"))
from waves import digest, fill, wave

torch.set_default_dtype(torch.float64)


class RMSNorm(nn.Module):
    """nn.RMSNorm of PyTorch 2, which 1.13 does not have."""

    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + torch.finfo(x.dtype).eps)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(4), RMSNorm(4)
        self.query, self.key, self.value = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
        self.linear1, self.linear2 = nn.Linear(4, 6), nn.Linear(6, 4)

    def forward(self, x):
        normed = self.norm1(x)
        scores = self.query(normed) @ self.key(normed).transpose(1, 2) / math.sqrt(4)
        y = x + scores.softmax(-1) @ self.value(normed)
        return y + self.linear2(nn.GELU()(self.linear1(self.norm2(y))))


models = {
    "mlp": (nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.LeakyReLU(), nn.Linear(5, 2)), (6, 3)),
    "cnn": (
        nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.LeakyReLU(),
            nn.Conv2d(4, 4, 3, padding=1),
            nn.GroupNorm(2, 4),
            nn.GELU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 3),
        ),
        (3, 2, 4, 4),
    ),
    "block": (Block(), (2, 3, 4)),
}


def observe(model, shape):
    with torch.no_grad():
        fill(model.state_dict())
    batches = [wave(shape, 1 + i) for i in range(3)]
    y = model(batches[0])
    (y * wave(y.shape, 0.9)).sum().backward()
    trained = digest(y.detach())
    for batch in batches[1:]:
        model(batch)
    state = {key: digest(b) for key, b in model.named_buffers() if b.is_floating_point()}
    evaluated = digest(model.eval()(batches[0]).detach())
    gradients = {key: digest(p.grad) for key, p in model.named_parameters()}
    return {"trained": trained, "evaluated": evaluated, "state": state, "gradients": gradients}


# nn.Sequential numbers its layers as the models of the test do, but for Flatten.
found = {name: observe(model, shape) for name, (model, shape) in models.items()}
found["cnn"]["gradients"] = {key.replace("8.", "7."): value for key, value in found["cnn"]["gradients"].items()}
path = pathlib.Path(__file__).with_name("torch.json")
path.write_text(json.dumps({"torch": torch.__version__, "models": found}, indent=1) + "\n")
