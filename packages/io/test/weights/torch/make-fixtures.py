"""Writes, for each model of torch_cases.py, its state_dict as a file of safetensors, and all inputs and outputs into another.

Run with Debian's python3-torch: /usr/bin/python3 make-fixtures.py
"""
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from safetensors_file import save_file  # noqa: E402
from torch_cases import CASES, call  # noqa: E402


def plain(state, prefix=""):
    return {prefix + key: value.numpy() for key, value in state.items()}


def main():
    results = {}
    for seed, (name, (make, draw)) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        model = make()
        with torch.no_grad():
            # Gains and shifts that are not 1 and 0, and running statistics of a few batches.
            for parameter in model.parameters():
                parameter.add_(torch.rand_like(parameter) * 0.4 - 0.2)
            for _ in range(3):
                call(name, model.train(), draw())
            model.eval()
            x = draw()
            y = call(name, model, x)
        results[f"{name}.x"], results[f"{name}.y"] = x.numpy(), y.numpy()
        save_file(plain(model.state_dict()), os.path.join(HERE, f"{name}.safetensors"))
        if name == "cnn":
            # As DataParallel names them, of half precision; its outputs are those of the rounded weights.
            half = {key: value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
            save_file(plain(half, "module."), os.path.join(HERE, "cnn_half.safetensors"))
            model.load_state_dict({key: value.float() if value.is_floating_point() else value for key, value in half.items()})
            with torch.no_grad():
                results["cnn_half.x"], results["cnn_half.y"] = x.numpy(), model(x).numpy()
    save_file(results, os.path.join(HERE, "results.safetensors"))


main()
