"""Recurrent layers with other activations than the standard ones, in numpy, one sample and one unit at a time; writes fixtures.json.

The formulas are those of Keras' LSTMCell and GRUCell; gates stand in PyTorch's order (i, f, g, o and r, z, n).
"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(5)
TIME, BATCH, INPUT, HIDDEN = 3, 2, 3, 2

functions = {
    "tanh": np.tanh,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "relu": lambda v: max(v, 0.0),
    "hard_sigmoid": lambda v: min(max(v / 6 + 0.5, 0.0), 1.0),
    "softsign": lambda v: v / (1 + abs(v)),
}


def affine(w, x, b):
    return [sum(w[i][k] * x[k] for k in range(len(x))) + b[i] for i in range(len(b))]


def lstm(x, h, c, w, activation, recurrent):
    sums = [a + b for a, b in zip(affine(w["weightIh"], x, w["biasIh"]), affine(w["weightHh"], h, w["biasHh"]))]
    i, f, g, o = (sums[k * HIDDEN : (k + 1) * HIDDEN] for k in range(4))
    memory = [recurrent(f[j]) * c[j] + recurrent(i[j]) * activation(g[j]) for j in range(HIDDEN)]
    return [recurrent(o[j]) * activation(memory[j]) for j in range(HIDDEN)], memory


def gru(reset_after):
    def step(x, h, c, w, activation, recurrent):
        own = affine(w["weightIh"], x, w["biasIh"])
        past = affine(w["weightHh"], h, w["biasHh"])
        r = [recurrent(own[j] + past[j]) for j in range(HIDDEN)]
        z = [recurrent(own[HIDDEN + j] + past[HIDDEN + j]) for j in range(HIDDEN)]
        rows = slice(2 * HIDDEN, None)
        if reset_after:
            seen = [r[j] * past[2 * HIDDEN + j] for j in range(HIDDEN)]
        else:
            seen = affine(w["weightHh"][rows], [r[j] * h[j] for j in range(HIDDEN)], w["biasHh"][rows])
        n = [activation(own[2 * HIDDEN + j] + seen[j]) for j in range(HIDDEN)]
        return [(1 - z[j]) * n[j] + z[j] * h[j] for j in range(HIDDEN)], c

    return step


def case(name, step, gates, activation, recurrent, options):
    draw = lambda *shape: random.normal(size=shape).round(2)
    rows = gates * HIDDEN
    weights = {
        "weightIh": draw(rows, INPUT),
        "weightHh": draw(rows, HIDDEN),
        "biasIh": draw(rows),
        "biasHh": draw(rows),
    }
    x, h, c = draw(TIME, BATCH, INPUT), draw(BATCH, HIDDEN), draw(BATCH, HIDDEN)
    outputs = np.zeros((TIME, BATCH, HIDDEN))
    states = [(list(h[n]), list(c[n])) for n in range(BATCH)]
    for t in range(TIME):
        for n in range(BATCH):
            states[n] = step(list(x[t, n]), *states[n], weights, functions[activation], functions[recurrent])
            outputs[t, n] = states[n][0]
    as_lists = lambda arrays: {key: value.tolist() for key, value in arrays.items()}
    return {
        "layer": name,
        "options": {"activation": activation, "recurrentActivation": recurrent, **options},
        "weights": as_lists(weights),
        **as_lists({"x": x, "h": h, "c": c, "output": outputs, "memory": np.array([s[1] for s in states])}),
    }


pairs = [("relu", "hard_sigmoid"), ("softsign", "sigmoid"), ("tanh", "softsign")]
cases = [
    case(name, step, gates, activation, recurrent, options)
    for activation, recurrent in pairs
    for name, step, gates, options in [
        ("LSTM", lstm, 4, {}),
        ("GRU", gru(True), 3, {"resetAfter": True}),
        ("GRU", gru(False), 3, {"resetAfter": False}),
    ]
]
Path(__file__).with_name("fixtures.json").write_text(json.dumps(cases) + "\n")
