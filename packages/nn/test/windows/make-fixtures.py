"""Writes windows.json: what layers over windows and positions give in PyTorch, in float64.

Inputs and cotangents are sines that the tests make again, so that only sums of outputs and gradients are kept.
"""

import json
import pathlib
import sys

import torch
from torch.nn import functional as F

sys.path.append(str(pathlib.Path(__file__).parent.parent / "networks"))
from waves import digest, wave  # noqa: E402

torch.set_default_dtype(torch.float64)

IMAGE = [2, 3, 5, 7]
SIGNAL = [2, 3, 7]
VOLUME = [1, 2, 3, 4, 5]

rows = {}


def row(name, shapes, run):
    assert name not in rows, name
    rows[name] = (shapes, run)


for mode, shape in {"linear": SIGNAL, "bilinear": IMAGE, "trilinear": VOLUME, "bicubic": IMAGE}.items():
    rank = len(shape) - 2
    for align in (False, True):
        for to in ([9, 4, 8], [2, 11, 5], [1, 1, 1]):
            size = to[:rank]
            row(f"{mode} to {size}, align {align}".lower(), [shape], lambda x, m=mode, s=size, a=align: F.interpolate(x, s, mode=m, align_corners=a))
        for factor in (2, 1.7, 0.6):
            row(f"{mode} by {factor}, align {align}".lower(), [shape], lambda x, m=mode, f=factor, a=align: F.interpolate(x, scale_factor=f, mode=m, align_corners=a))
    row(f"{mode} by 1.7, recomputed", [shape], lambda x, m=mode: F.interpolate(x, scale_factor=1.7, mode=m, align_corners=False, recompute_scale_factor=True))
for mode in ("nearest", "nearest-exact", "area"):
    for to in ([9, 4], [2, 11], [10, 14], [1, 1], [15, 7]):
        row(f"{mode} to {to}", [IMAGE], lambda x, m=mode, s=to: F.interpolate(x, s, mode=m))
    for factor in (2, 3, 1.7, 0.6):
        row(f"{mode} by {factor}", [IMAGE], lambda x, m=mode, f=factor: F.interpolate(x, scale_factor=f, mode=m))
row("bilinear by 2 and 0.5", [IMAGE], lambda x: F.interpolate(x, scale_factor=(2, 0.5), mode="bilinear"))

pads = [("constant", (1, 2, 0, 3)), ("reflect", (1, 2, 4, 3)), ("replicate", (6, 2, 0, 7)), ("circular", (7, 2, 5, 3))]
for mode, widths in pads:
    row(f"pad {mode}", [IMAGE], lambda x, m=mode, w=widths: F.pad(x, w, mode=m))
row("pad reflect, negative", [IMAGE], lambda x: F.pad(x, (-2, 3, 1, -1), mode="reflect"))
row("pad replicate, negative", [IMAGE], lambda x: F.pad(x, (-2, 3, 1, -1), mode="replicate"))
row("pad constant, negative", [IMAGE], lambda x: F.pad(x, (-2, 3, 1, -1), value=1.5))
row("pad circular, negative", [IMAGE], lambda x: F.pad(x, (-2, 3, 1, -1), mode="circular"))

row("pixel shuffle", [[2, 12, 3, 4]], lambda x: F.pixel_shuffle(x, 2))
row("pixel unshuffle", [[2, 3, 4, 6]], lambda x: F.pixel_unshuffle(x, 2))
# Their shuffle has no derivative: it says the order.
ORDER = F.channel_shuffle(torch.arange(6.0).reshape(1, 6, 1, 1), 3).flatten().long()
row("channel shuffle", [[2, 6, 3, 4]], lambda x: x[:, ORDER])


def unpool(x, size, stride, padding, shape):
    values, at = F.max_pool2d(x, size, stride, padding, return_indices=True)
    return F.max_unpool2d(values, at, size, stride, padding, shape)


row("max unpool", [[2, 3, 4, 6]], lambda x: unpool(x, 2, 2, 0, None))
row("max unpool to a size", [IMAGE], lambda x: unpool(x, 2, 2, 0, [5, 7]))
row("max unpool with padding", [IMAGE], lambda x: unpool(x, (3, 2), (3, 2), (1, 0), [5, 7]))

for p in (1, 2, 3):
    row(f"lp pool 1d, p {p}", [SIGNAL], lambda x, p=p: F.lp_pool1d(x.square() + 0.1, p, 3, 2))
    row(f"lp pool 2d, p {p}, ceil", [IMAGE], lambda x, p=p: F.lp_pool2d(x.square() + 0.1, p, (3, 2), 2, ceil_mode=True))

SAMPLES = torch.tensor([0.1, 0.8, 0.35, 0.6, 0.95, 0.05, 0.5, 0.25, 0.0, 0.7, 0.45, 0.9])
# PyTorch takes the sample of the last axis first, but for volumes.
row("fractional max pool 2d", [IMAGE], lambda x: F.fractional_max_pool2d(x, (2, 3), (3, 4), _random_samples=SAMPLES.reshape(2, 3, 2).flip(2)))
row("fractional max pool 3d", [VOLUME], lambda x: F.fractional_max_pool3d(x, 2, (1, 2, 3), _random_samples=SAMPLES[:6].reshape(1, 2, 3)))
row("fractional max pool by a ratio", [IMAGE], lambda x: F.fractional_max_pool2d(x, 2, output_ratio=0.7, _random_samples=SAMPLES.reshape(2, 3, 2).flip(2)))

for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for align in (False, True):
            row(
                f"grid sample, {mode}, {padding}, align {align}".lower(),
                [IMAGE, [2, 4, 3, 2]],
                lambda x, g, m=mode, p=padding, a=align: F.grid_sample(x, 2.2 * g, m, p, a),
            )
for padding in ("zeros", "border", "reflection"):
    row(f"grid sample of volumes, {padding}", [VOLUME, [1, 2, 4, 3, 3]], lambda x, g, p=padding: F.grid_sample(x, 1.5 * g, "bilinear", p, False))
for align in (False, True):
    row(f"affine grid, align {align}".lower(), [[2, 2, 3]], lambda t, a=align: F.affine_grid(t, [2, 1, 3, 4], a))
    row(f"affine grid of volumes, align {align}".lower(), [[2, 3, 4]], lambda t, a=align: F.affine_grid(t, [2, 1, 3, 4, 1], a))

row("bilinear map", [[2, 5, 3], [2, 5, 4], [6, 3, 4], [6]], lambda a, b, w, c: F.bilinear(a, b, w, c))

ROWS = torch.tensor([3, 0, 3, 5, 1, 1, 4])
TABLE = [6, 4]
row("embedding, padding and frequencies", [TABLE], lambda w: F.embedding(ROWS, w, padding_idx=1, scale_grad_by_freq=True))
for norm_type in (1, 2, 3):
    row(f"embedding, max norm {norm_type}", [TABLE], lambda w, p=norm_type: F.embedding(ROWS, shortened(w, p)))


def shortened(w, p):
    """The table as PyTorch's own in-place rule leaves it, with the gradient of a look-up."""
    table = w.detach().clone()
    F.embedding(ROWS, table, max_norm=1.2, norm_type=p)
    return w + (table - w).detach()


OFFSETS = torch.tensor([0, 2, 2, 5])
for mode in ("sum", "mean", "max"):
    row(f"embedding bag, {mode}, offsets", [TABLE], lambda w, m=mode: F.embedding_bag(ROWS, w, OFFSETS, mode=m))
    row(f"embedding bag, {mode}, padding", [TABLE], lambda w, m=mode: F.embedding_bag(ROWS, w, OFFSETS, mode=m, padding_idx=3))
    row(f"embedding bag, {mode}, rows", [TABLE], lambda w, m=mode: F.embedding_bag(ROWS[:6].reshape(2, 3), w, mode=m))


def bags_by_frequencies(w, mode):
    """Its own bags divide by the frequencies of other rows (1.13: by those of as many indices as there are unique ones)."""
    looked_up = F.embedding(ROWS, w, scale_grad_by_freq=True)
    return F.embedding_bag(torch.arange(7), looked_up, OFFSETS, mode=mode)


for mode in ("sum", "mean"):
    row(f"embedding bag, {mode}, frequencies", [TABLE], lambda w, m=mode: bags_by_frequencies(w, m))
row("embedding bag, weights", [TABLE, [7]], lambda w, s: F.embedding_bag(ROWS, w, OFFSETS, mode="sum", per_sample_weights=s, padding_idx=5))
row("embedding bag, last offset", [TABLE], lambda w: F.embedding_bag(ROWS, w, torch.tensor([0, 2, 4, 7]), mode="mean", include_last_offset=True))

for size in ([9, 13], [10, 14]):
    row(
        f"transposed convolution to {size}",
        [IMAGE, [3, 2, 3, 3], [2]],
        lambda x, w, b, s=size: F.conv_transpose2d(x, w, b, 2, 1, output_padding=(s[0] - 9, s[1] - 13)),
    )


def observed(shapes, run):
    inputs = [wave(shape, 0.2 + k).requires_grad_() for k, shape in enumerate(shapes)]
    y = run(*inputs)
    y.mul(wave(y.shape, 0.9)).sum().backward()
    return {"shape": list(y.shape), "output": digest(y.detach()), "gradients": [digest(x.grad) for x in inputs]}


if __name__ == "__main__":
    found = {name: observed(*given) for name, given in rows.items()}
    path = pathlib.Path(__file__).with_name("windows.json")
    path.write_text(json.dumps({"made": "by make-fixtures.py, PyTorch", "rows": found}, indent=1) + "\n")
