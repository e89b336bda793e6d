"""Losses and activations of PyTorch 1.13: values, and gradients of their product with other numbers."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
NONE = {"reduction": "none"}


def wave(shape, step):
    count = torch.Size(shape).numel()
    return (torch.sin(torch.arange(count) * step + 0.5) * 1.7).reshape(shape)


x = wave((3, 4), 1.3)
positive, negative = wave((3, 4), 0.7), wave((3, 4), 2.9)
classes = torch.tensor([2, 0, 3])
sides = torch.tensor([[1.0, -1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, -1]])
weight = torch.tensor([0.5, 1.5, 0.0, 2.0])
listed = torch.tensor([[3, 0, -1, 1], [1, 1, 0, -1], [-1, 0, 1, 2]])


def cosine(a, b):
    return 1 - F.cosine_similarity(a, b)


def smoothed(a):
    return F.binary_cross_entropy_with_logits(a, (sides + 1) / 2 * 0.9 + 0.05, **NONE)


CASES = {
    "multiMargin": (lambda a: F.multi_margin_loss(a, classes, **NONE), x),
    "multiMarginOptions": (lambda a: F.multi_margin_loss(a, classes, p=2, margin=0.7, weight=weight, **NONE), x),
    "multiMarginMean": (lambda a: F.multi_margin_loss(a, classes, weight=weight), x),
    "softMargin": (lambda a: F.soft_margin_loss(a, sides, **NONE), x),
    "multilabelMargin": (lambda a: F.multilabel_margin_loss(a, listed, **NONE), x),
    "multilabelSoftMargin": (lambda a: F.multilabel_soft_margin_loss(a, (sides + 1) / 2, weight=weight, **NONE), x),
    "triplet": (lambda a, p, n: F.triplet_margin_loss(a, p, n, **NONE), x, positive, negative),
    "tripletOptions": (
        lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=2.5, p=3, eps=1e-3, swap=True, **NONE),
        x,
        positive,
        negative,
    ),
    "tripletDistance": (
        lambda a, p, n: F.triplet_margin_with_distance_loss(
            a, p, n, distance_function=cosine, margin=0.8, swap=True, **NONE
        ),
        x,
        positive,
        negative,
    ),
    "smoothed": (smoothed, x),
    "hardShrink": (lambda a: F.hardshrink(a, 0.8), x),
    "softShrink": (lambda a: F.softshrink(a, 0.8), x),
    "tanhShrink": (F.tanhshrink, x),
    "rrelu": (F.rrelu, x),
}


def numbers(t):
    return [float(v) for v in t.detach().reshape(-1)]


def run(fn, *inputs):
    leaves = [t.clone().requires_grad_() for t in inputs]
    y = fn(*leaves)
    gradients = torch.autograd.grad((y * wave(tuple(y.shape), 2.1)).sum(), leaves)
    return {"values": numbers(y), "gradients": [numbers(g) for g in gradients]}


fixtures = {name: run(*case) for name, case in CASES.items()}
Path(__file__).with_name("pytorch.json").write_text(json.dumps(fixtures, indent=1) + "\n")


def adaptive():
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(4, 10, [3, 6], div_value=2.0, head_bias=True)
    state = {}
    for i, (name, parameter) in enumerate(layer.named_parameters()):
        parameter.data = wave(tuple(parameter.shape), 0.37 + 0.11 * i)
        state[name] = parameter.tolist()
    leaf = x.clone().requires_grad_()
    output, loss = layer(leaf, torch.tensor([0, 9, 4]))
    leaves = [leaf, *layer.parameters()]
    gradients = torch.autograd.grad((output * wave((3,), 2.1)).sum() + loss, leaves)
    return {
        "state": state,
        "output": numbers(output),
        "loss": loss.item(),
        "logProb": numbers(layer.log_prob(x)),
        "predict": layer.predict(x).tolist(),
        "gradients": [numbers(g) for g in gradients],
    }


Path(__file__).with_name("adaptive-log-softmax.json").write_text(json.dumps(adaptive(), indent=1) + "\n")
