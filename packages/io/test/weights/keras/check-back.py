"""Compares what tapegrad saved with what Keras would have saved, and prints the names of the models.

Usage: python3 check-back.py FOLDER, with NAME.weights.h5 and NAME.npz for each model.
"""
import os
import sys

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
from keras_models import MODELS  # noqa: E402


def variables(path):
    """Data sets by path, without what belongs to training."""
    found = {}

    def add(name, entry):
        if isinstance(entry, h5py.Dataset) and not name.startswith("optimizer/") and "seed_generator" not in name:
            found[name] = entry[()]

    with h5py.File(path, "r") as file:
        file.visititems(add)
    return found


folder = sys.argv[1]
for name, (model, _) in MODELS.items():
    ours, theirs = variables(os.path.join(folder, f"{name}.weights.h5")), variables(os.path.join(HERE, f"{name}.weights.h5"))
    assert sorted(ours) == sorted(theirs), (sorted(ours), sorted(theirs))
    for path, value in theirs.items():
        assert ours[path].dtype == value.dtype and np.array_equal(ours[path].reshape(value.shape), value), path
    # As model.set_weights takes them.
    arrays = list(np.load(os.path.join(folder, f"{name}.npz")).values())
    wanted = [value for layer in model for value in layer.variables.values()]
    assert len(arrays) == len(wanted)
    for got, value in zip(arrays, wanted):
        assert got.dtype == value.dtype and np.array_equal(got.reshape(value.shape), value)
    print(name)
