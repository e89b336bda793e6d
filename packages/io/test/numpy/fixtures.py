# Writes numpy.json: files of NumPy, and what they hold.
#
#   python3 packages/io/test/numpy/fixtures.py
import base64
import io
import json
import pathlib

import numpy as np

OURS = {"f": {2: "float32", 4: "float32", 8: "float64"}, "i": {}, "u": {}, "b": {1: "bool"}}


def described(array):
    array = np.asarray(array)
    values = [float(v) for v in array.ravel(order="C")]
    dtype = OURS[array.dtype.kind].get(array.dtype.itemsize, "int32")
    return {"dtype": dtype, "shape": list(array.shape), "values": values}


def npy(name, array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version=version)
    return {"name": name, "base64": base64.b64encode(file.getvalue()).decode(), **described(array)}


def npz(name, save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    content = [{"name": key, **described(array)} for key, array in arrays.items()]
    return {"name": name, "base64": base64.b64encode(file.getvalue()).decode(), "content": content}


a = np.arange(6).reshape(2, 3)
cases = {
    "float32": a.astype("<f4") / 4,
    "float64": a.astype("<f8") / 8,
    "int32": (a - 3).astype("<i4"),
    "bool": a % 2 == 0,
    "a float32 in Fortran order": np.asfortranarray((a / 8).astype("<f4")),
    "float64 in Fortran order": np.asfortranarray(a / 8),
    "int32 of rank 3 in Fortran order": np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)),
    "a list": np.array([1.5, -2.5], "<f4"),
    "a number alone": np.float64(2.5),
    "a truth value alone": np.bool_(True),
    "nothing": np.zeros((0, 3), "<f4"),
    "a long shape": np.zeros((1,) * 32, "<i4"),
    "float16": np.array([0, -0.5, 65504, 2**-24, 1 / 3], "<f2"),
    "float16, big-endian": np.array([0, -0.5, 65504, 2**-24, 1 / 3], ">f2"),
    "float32, big-endian": (a - 2.5).astype(">f4"),
    "float64, big-endian": (a - 2.5).astype(">f8"),
    "uint8 of rank 3 in Fortran order": np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)),
    **{
        kind: (a * 21 - (63 if kind[1] == "i" else 0)).astype(kind)
        for kind in "|u1 |i1 <u2 >u2 <i2 >i2 <u4 >u4 >i4 <u8 >u8 <i8 >i8".split()
    },
}
versions = [npy(f"version {v}", a.astype("<f8"), (v, 0)) for v in (1, 2, 3)]
state = {"layers.0/weight": a.astype("<f4") / 4, "biais à part": np.array([0.5], "<f8"), "steps": np.int64(7)}
ramp = {"ramp": np.arange(1200, dtype="<i4") // 100}
written = {
    "npy": [npy(name, array) for name, array in cases.items()] + versions,
    "npz": [
        npz("savez", np.savez, **state),
        npz("savez_compressed", np.savez_compressed, **state),
        npz("savez_compressed of what repeats itself", np.savez_compressed, **ramp),
        npz("savez of nothing", np.savez),
    ],
}
lists = [f'"{key}": [\n' + ",\n".join(map(json.dumps, written[key])) + "\n]" for key in ("npy", "npz")]
text = f'{{"numpy": "{np.__version__}",\n' + ",\n".join(lists) + "}\n"
pathlib.Path(__file__).with_name("numpy.json").write_text(text)
