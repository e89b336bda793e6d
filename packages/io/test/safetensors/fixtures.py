"""Makes fixtures.json: safetensors files, written by the format's description alone, and what PyTorch and NumPy say is in them.

python3 fixtures.py > fixtures.json; with numpy 1.24 and torch 1.13 of Debian 12.
"""
import base64
import hashlib
import json
import struct

import numpy as np
import torch

NAMES = {torch.bool: "BOOL", torch.uint8: "U8", torch.int8: "I8", torch.int16: "I16", torch.float16: "F16",
         torch.bfloat16: "BF16", torch.int32: "I32", torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
# The order of types in the file, as the reference has it.
ORDER = ["U64", "I64", "F64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "I8", "U8", "BOOL"]


def raw(tensor):
    """Name of the type, shape and bytes; NumPy has the unsigned types that PyTorch lacks."""
    if isinstance(tensor, np.ndarray):
        return f"U{8 * tensor.itemsize}", list(tensor.shape), tensor.tobytes()
    bits = tensor.contiguous().view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor.contiguous()
    return NAMES[tensor.dtype], list(tensor.shape), bits.numpy().tobytes()


def write(tensors, metadata=None):
    """The bytes of a file: by type, then by name in UTF-8."""
    header = {} if metadata is None else {"__metadata__": dict(sorted(metadata.items()))}
    body = b""
    for name in sorted(tensors, key=lambda n: (ORDER.index(raw(tensors[n])[0]), n.encode())):
        dtype, shape, data = raw(tensors[name])
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def read(data):
    """Header and elements of a file, to see that what was written is what was meant."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    return {n: data[8 + length :][slice(*e["data_offsets"])] for n, e in header.items()}, metadata


def values(tensor):
    """The elements as numbers, those that JSON lacks as words."""
    flat = tensor.ravel().tolist() if isinstance(tensor, np.ndarray) else tensor.flatten().double().tolist()
    return [v if np.isfinite(v) else str(v) for v in flat]


torch.manual_seed(12)
nan, inf = float("nan"), float("inf")
SPECIAL = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6e-8, -1e-30, inf, -inf, nan]
FILES = {
    "our own types": (
        {
            "weight": torch.randn(3, 4), "bias": torch.randn(4).double(), "scalar": torch.tensor(7.5),
            "empty": torch.zeros(2, 0, 3), "steps": torch.tensor([1, -(2**31), 2**31 - 1], dtype=torch.int32),
            "mask": torch.tensor([[True, False], [False, True]]), "special": torch.tensor(SPECIAL),
            "10": torch.tensor([10.0]), "9": torch.tensor([9.0]), "": torch.tensor([0.25]), "__proto__": torch.ones(1),
            "na\u00efve \"\\\n\x01\x7f\u2028": torch.tensor([2.0]), "\U0001f600": torch.tensor([3.0]), "\uffee": torch.tensor([4.0]),
        },
        {"format": "pt", "10": "ten", "9": "nine", "\u00e9": "\u2028\n\"", "__proto__": "x"},
    ),
    "halves": (
        {"f16": torch.tensor(SPECIAL).half(), "bf16": torch.tensor(SPECIAL).bfloat16(), "odd": torch.ones(1).half()},
        None,
    ),
    "whole numbers": (
        {
            "num_batches_tracked": torch.tensor(1234), "i64": torch.tensor([-(2**31), -1, 0, 2**31 - 1]),
            "i16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16), "i8": torch.tensor([-128, 127], dtype=torch.int8),
            "u8": torch.tensor([0, 255], dtype=torch.uint8), "u16": np.array([0, 65535], dtype=np.uint16),
            "u32": np.array([0, 2**31 - 1], dtype=np.uint32), "u64": np.array([2**31 - 1], dtype=np.uint64),
        },
        None,
    ),
    "nothing": ({}, None),
}
REFUSED = {
    "I64 2147483648": torch.tensor([0, 2**31]), "I64 -2147483649": torch.tensor([-(2**31) - 1]),
    "I64 -9223372036854775808": torch.tensor([-(2**63)]), "U32 4294967295": np.array([2**32 - 1], dtype=np.uint32),
    "U64 18446744073709551615": np.array([2**64 - 1], dtype=np.uint64), "U64 9007199254740993": np.array([2**53 + 1], dtype=np.uint64),
}


def widened(dtype):
    """SHA-256 of all 65,536 patterns as float32, those that are NaN as 0."""
    floats = torch.arange(65536).to(torch.int32).to(torch.int16).view(dtype).float()
    return hashlib.sha256(torch.nan_to_num(floats, nan=0.0, posinf=inf, neginf=-inf).numpy().tobytes()).hexdigest()


cases = []
for title, (tensors, metadata) in FILES.items():
    data = write(tensors, metadata)
    back, texts = read(data)
    assert {n: raw(t)[2] for n, t in tensors.items()} == back and texts == (metadata or {})
    cases.append({
        "title": title, "base64": base64.b64encode(data).decode(), "metadata": texts,
        "tensors": [[n, raw(t)[0], raw(t)[1], values(t)] for n, t in tensors.items()],
    })
refused = [[says, base64.b64encode(write({"x": t})).decode()] for says, t in REFUSED.items()]
halves = {"F16": widened(torch.float16), "BF16": widened(torch.bfloat16)}
print(json.dumps({"cases": cases, "refused": refused, "halves": halves}, indent=1))
