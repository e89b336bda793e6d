"""The format safetensors in twenty lines: eight bytes of length, a header of JSON, the elements."""
import json
import struct

import numpy as np

NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "bool": "BOOL"}
DTYPES = {name: np.dtype(dtype) for dtype, name in NAMES.items()}


def save_file(arrays, path):
    header, parts, end = {}, [], 0
    for name, array in arrays.items():
        array = np.asarray(array)
        data = array.tobytes()
        header[name] = {"dtype": NAMES[str(array.dtype)], "shape": array.shape, "data_offsets": [end, end + len(data)]}
        parts.append(data)
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def load_file(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    data = content[8 + length :]
    arrays = {}
    for name, entry in json.loads(content[8 : 8 + length]).items():
        if name != "__metadata__":
            start, stop = entry["data_offsets"]
            arrays[name] = np.frombuffer(data[start:stop], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays
