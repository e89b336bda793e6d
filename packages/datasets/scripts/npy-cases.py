# Writes src/readers/npy-cases.ts: arrays as NumPy saves them.
#
#   python3 packages/datasets/scripts/npy-cases.py > packages/datasets/src/readers/npy-cases.ts
import base64
import io
import json

import numpy as np

a = np.arange(6).reshape(2, 3)
cases = [
    ("float32", a.astype("<f4") / 4, "float32", None),
    ("float64 in Fortran order", np.asfortranarray(a / 8), "float64", None),
    ("float32, big-endian", (a - 2.5).astype(">f4"), "float32", None),
    ("int32", (a - 3).astype("<i4"), "int32", None),
    ("int64, big-endian", (a * -1000).astype(">i8"), "int32", None),
    ("uint8 of rank 3 in Fortran order", np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)), "int32", None),
    ("bool", a % 2 == 0, "bool", None),
    ("int16", (a - 3).astype("<i2"), "int32", None),
    ("a number alone", np.float64(2.5), "float64", None),
    ("nothing", np.zeros((0, 3), "f4"), "float32", None),
    ("version 2", a.astype("<f8"), "float64", (2, 0)),
    ("version 3", a.astype("<i4"), "int32", (3, 0)),
]
print("// Written by scripts/npy-cases.py with NumPy. Do not edit.\n")
print("/** Files of NumPy, and what they hold. */")
print("export const npyCases: readonly {")
print("  readonly name: string;")
print("  readonly base64: string;")
print("  readonly dtype: string;")
print("  readonly shape: readonly number[];")
print("  readonly values: readonly number[];")
print("}[] = [")
for name, array, dtype, version in cases:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version=version)
    values = [float(v) for v in np.asarray(array).ravel(order="C")]
    row = {"name": name, "base64": base64.b64encode(file.getvalue()).decode(), "dtype": dtype}
    row |= {"shape": list(np.shape(array)), "values": values}
    print(f"  {json.dumps(row)},")
print("];")
