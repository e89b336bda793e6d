"""Recurrent layers of PyTorch 1.13 on packed sequences, with their gradients; writes packed.json.

The loss is the sum of outputs and last states times random numbers of their shapes.
"""

import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
INPUT, HIDDEN, TIME = 3, 3, 5


def draw(*shape):
    return (torch.randn(*shape) * 100).round() / 100


def case(layer, lengths, sort, initial, **options):
    module = getattr(torch.nn, layer)(INPUT, HIDDEN, **options)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(draw(*weight.shape) * 0.5)
    batch_first = options.get("batch_first", False)
    x = draw(len(lengths), TIME, INPUT) if batch_first else draw(TIME, len(lengths), INPUT)
    x.requires_grad_()
    rows = (2 if options.get("bidirectional") else 1) * options.get("num_layers", 1)
    sizes = [options.get("proj_size") or HIDDEN, HIDDEN][: 2 if layer == "LSTM" else 1]
    given = [draw(rows, len(lengths), size).requires_grad_() for size in sizes] if initial else []
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=batch_first, enforce_sorted=not sort)
    state = (tuple(given) if layer == "LSTM" else given[0]) if initial else None
    output, last = module(packed, state)
    assert isinstance(output, PackedSequence)
    results = [output.data, *(last if layer == "LSTM" else [last])]
    cotangents = [draw(*r.shape) for r in results]
    sum((r * c).sum() for r, c in zip(results, cotangents)).backward()
    return {
        "layer": layer,
        "options": {{"num_layers": "numLayers", "batch_first": "batchFirst", "proj_size": "projectionSize"}.get(k, k): v for k, v in options.items()},
        "lengths": lengths,
        "sort": sort,
        "weights": {k: v.tolist() for k, v in module.state_dict().items()},
        "x": x.tolist(),
        "given": [t.tolist() for t in given],
        "batchSizes": output.batch_sizes.tolist(),
        "results": [r.tolist() for r in results],
        "cotangents": [c.tolist() for c in cotangents],
        "gradients": {
            "x": x.grad.tolist(),
            "given": [t.grad.tolist() for t in given],
            **{k: v.grad.tolist() for k, v in module.named_parameters()},
        },
    }


cases = [
    case("RNN", [5, 3, 3, 1], False, False, bidirectional=True),
    case("RNN", [2, 4, 1], True, True, num_layers=2, batch_first=True, nonlinearity="relu"),
    case("GRU", [4, 2], False, True),
    case("GRU", [1, 4, 4, 2], True, True, num_layers=2, bidirectional=True),
    case("LSTM", [3], False, False, bidirectional=True, bias=False),
    case("LSTM", [2, 5, 3], True, True, num_layers=2, bidirectional=True, batch_first=True),
    case("LSTM", [1, 3, 2], True, True, num_layers=2, bidirectional=True, proj_size=2),
    case("LSTM", [4, 4], False, False, bias=False, proj_size=1),
]
for entry in cases:
    if entry["options"].pop("nonlinearity", None):
        entry["options"]["activation"] = "relu"
Path(__file__).with_name("packed.json").write_text(json.dumps(cases) + "\n")
