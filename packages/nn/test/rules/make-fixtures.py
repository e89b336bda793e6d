"""Penalties and constraints as Keras 3 defines them, in numpy; writes fixtures.json.

Keras' kernels are [in, out], and its axis 0 runs over the inputs of a unit. The fixtures hold weights of the layout
[out, in], which are transposed before and after.
"""

import json
from pathlib import Path

import numpy as np

EPSILON = 1e-7
random = np.random.default_rng(11)


def l1(w, l1=0.01):
    return l1 * np.sum(np.abs(w))


def l2(w, l2=0.01):
    return l2 * np.sum(np.square(w))


def orthogonal(w, factor, mode):
    axis = 1 if mode == "rows" else 0
    w = w / np.maximum(np.sqrt(np.sum(w**2, axis=axis, keepdims=True)), 1e-12)
    product = w @ w.T if mode == "rows" else w.T @ w
    size = product.shape[0]
    off_diagonal = product * (1.0 - np.eye(size))
    return factor * 0.5 * np.sum(np.abs(off_diagonal)) / (size * (size - 1.0) / 2.0)


def norms(w, axis):
    return np.sqrt(np.sum(np.square(w), axis=axis, keepdims=True))


def max_norm(w, max_value=2.0, axis=0):
    n = norms(w, axis)
    return w * (np.clip(n, 0, max_value) / (EPSILON + n))


def unit_norm(w, axis=0):
    return w / (EPSILON + norms(w, axis))


def min_max_norm(w, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
    n = norms(w, axis)
    return w * ((rate * np.clip(n, min_value, max_value) + (1 - rate) * n) / (EPSILON + n))


kernel = random.normal(size=(4, 3)) * 1.5
kernel[:, 2] *= 0.1
filters = random.normal(size=(2, 2, 3, 5))
vector = random.normal(size=6)

penalties = {
    "l1": (l1, kernel),
    "l2": (l2, kernel),
    "l1l2": (lambda w: l1(w, 0.3) + l2(w, 0.2), kernel),
    "orthogonal rows": (lambda w: orthogonal(w, 0.01, "columns"), kernel),
    "orthogonal columns": (lambda w: orthogonal(w, 0.5, "rows"), kernel),
}
constraints = {
    "maxNorm": (max_norm, kernel),
    "maxNorm of 1": (lambda w: max_norm(w, 1.0), kernel),
    "maxNorm over outputs": (lambda w: max_norm(w, 1.0, axis=1), kernel),
    "maxNorm of filters": (lambda w: max_norm(w, 2.0, axis=(0, 1, 2)), filters),
    "maxNorm of a vector": (lambda w: max_norm(w, 1.0), vector),
    "nonNeg": (lambda w: w * (w >= 0.0), kernel),
    "unitNorm": (unit_norm, kernel),
    "minMaxNorm": (min_max_norm, kernel),
    "minMaxNorm halfway": (lambda w: min_max_norm(w, 1.0, 2.0, rate=0.5), kernel),
}


def ours(w):
    """[in, out] as [out, in], and [kH, kW, in, out] as [out, in, kH, kW]."""
    return np.transpose(w, (3, 2, 0, 1)) if w.ndim == 4 else w.T


fixtures = {
    "penalties": {name: {"weight": ours(w).tolist(), "value": float(f(w))} for name, (f, w) in penalties.items()},
    "constraints": {
        name: {"weight": ours(w).tolist(), "value": ours(f(w)).tolist()} for name, (f, w) in constraints.items()
    },
}
Path(__file__).with_name("fixtures.json").write_text(json.dumps(fixtures) + "\n")
