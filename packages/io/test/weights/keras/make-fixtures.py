"""Writes each model of keras_models.py as Keras does: NAME.weights.h5 of Keras 3, NAME.h5 of Keras 2 and NAME.npz, with inputs
and outputs in results.safetensors. Keras itself is not needed: the layouts are those of `keras/src/saving/saving_lib.py` (Keras 3)
and of `save_weights_to_hdf5_group` (Keras 2 and the legacy format of Keras 3), both public.

Run with Debian's python3-h5py: /usr/bin/python3 make-fixtures.py
"""
import io
import os
import sys
import zipfile

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from keras_models import MODELS, run  # noqa: E402
from safetensors_file import save_file  # noqa: E402


def numbered(model):
    """Layers with their names: "dense", "dense_1"."""
    used = {}
    for layer in model:
        kind = layer.kind or "activation"
        used[kind] = used.get(kind, -1) + 1
        yield layer, kind if used[kind] == 0 else f"{kind}_{used[kind]}"


def write_keras3(file, model):
    """layers/<class>[_<n>]/[<inner>/]vars/<i>; each group of variables says the name of its layer."""
    for layer, name in numbered(model):
        group = file.create_group(f"layers/{name}/vars")
        group.attrs["name"] = f"my_{name}"
        for path, value in layer.variables.items():
            inner = path.rpartition("/")[0]
            variables = file.require_group("/".join(filter(None, ["layers", name, inner, "vars"])))
            variables[str(len(variables))] = value
        if "cell" in str(layer.variables.keys()):
            # The state of a generator, as Keras 2.12 to 2.15 saved it.
            file[f"layers/{name}/seed_generator/vars/0"] = np.array([1, 2], "uint32")
    file["optimizer/vars/0"] = np.int64(7)
    file["optimizer/vars/1"] = np.float32(1e-3)


def write_keras2(root, model):
    """The names of layers, and of the weights of each, in attributes; a weight is named by its path and ":0"."""
    names = [name for _, name in numbered(model)]
    root.attrs["layer_names"] = [name.encode() for name in names]
    root.attrs["backend"], root.attrs["keras_version"] = b"tensorflow", b"2.11.0"
    for layer, name in numbered(model):
        group = root.create_group(name)
        weights = {f"{name}/{path}:0": value for path, value in layer.variables.items()}
        group.attrs["weight_names"] = [path.encode() for path in weights]
        for path, value in weights.items():
            group[path] = value
    root.create_group("top_level_model_weights").attrs["weight_names"] = []


def main():
    results = {}
    for name, (model, draw) in MODELS.items():
        x = draw()
        results[f"{name}.x"], results[f"{name}.y"] = x, run(model, x)
        path = os.path.join(HERE, name)
        with h5py.File(f"{path}.weights.h5", "w") as file:
            write_keras3(file, model)
        with h5py.File(f"{path}.h5", "w") as file:
            # The small ones as weights, others as whole models.
            write_keras2(file if name == "mlp" else file.create_group("model_weights"), model)
        np.savez(f"{path}.npz", *(value for layer in model for value in layer.variables.values()))
    model, _ = MODELS["mlp"]
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write_keras3(file, model)
    with zipfile.ZipFile(os.path.join(HERE, "mlp.keras"), "w") as archive:
        for entry, data in (("metadata.json", "{}"), ("config.json", "{}"), ("model.weights.h5", content.getvalue())):
            archive.writestr(zipfile.ZipInfo(entry), data)
    save_file(results, os.path.join(HERE, "results.safetensors"))


main()
