"""Loads what tapegrad saved, strictly, and prints for each model how far its outputs are from those that tapegrad has.

Usage: python3 check-back.py FOLDER, with NAME.safetensors for each model and outputs.safetensors.
"""
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from safetensors_file import load_file  # noqa: E402
from torch_cases import CASES, call  # noqa: E402

folder = sys.argv[1]
results = load_file(os.path.join(HERE, "results.safetensors"))
outputs = load_file(os.path.join(folder, "outputs.safetensors"))
for name, (make, _) in CASES.items():
    model = make()
    state = load_file(os.path.join(folder, f"{name}.safetensors"))
    model.load_state_dict({key: torch.from_numpy(value.copy()) for key, value in state.items()}, strict=True)
    with torch.no_grad():
        y = call(name, model.eval(), torch.from_numpy(results[f"{name}.x"].copy())).numpy()
    assert y.dtype == outputs[name].dtype and y.shape == outputs[name].shape, name
    print(name, float(np.abs(y - outputs[name]).max()))
