"""Writes attention.json: what PyTorch's layers of attention give in float64, with masks as PyTorch has them.

Weights, inputs and cotangents are the sines of ../networks/waves.py, which the tests make again, so that only sums of outputs,
weights and gradients are kept. Dropout is 0 and layers are in
training, where no other implementation takes the place of the layers.
"""

import json
import pathlib
import sys

import torch
from torch import nn

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "networks"))
from waves import digest, fill, wave  # noqa: E402

torch.set_default_dtype(torch.float64)

PADDING = [[False, False, True, False], [False, False, True, True]]
BLIND = [[False, False, True, False], [True, True, True, True]]
LOOK = [[False, True, False, False], [True, False, False, False], [False, False, False, True]]
ADDED = [[0.0, 0.5, -1.0, 2.0], [float("-inf"), 0.0, 0.25, 1.0], [1.0, -0.5, 0.0, float("-inf")]]


def json_of(x):
    """Nested numbers, with words for those that JSON has not."""
    if isinstance(x, list):
        return [json_of(each) for each in x]
    return "-Infinity" if x == float("-inf") else x


def gradients(module, inputs, output):
    module.zero_grad()
    output.backward(wave(output.shape, 0.25))
    tensors = [*(p for _, p in sorted(module.named_parameters())), *inputs]
    return [digest(t.grad) for t in tensors]


def leaves(*shapes):
    return [wave(shape, i + 1).requires_grad_() for i, shape in enumerate(shapes)]


def attention(options, shapes, padding=None, mask=None):
    module = nn.MultiheadAttention(6, 2, batch_first=True, **options)
    with torch.no_grad():
        fill(module.state_dict())
    inputs = leaves(*shapes)
    masks = {
        "key_padding_mask": None if padding is None else torch.tensor(padding),
        "attn_mask": None if mask is None else torch.tensor(mask),
    }
    output, mean = module(*inputs, **masks)
    _, weights = module(*inputs, average_attn_weights=False, **masks)
    return {
        "options": options,
        "shapes": shapes,
        "padding": padding,
        "mask": json_of(mask),
        "keys": list(module.state_dict()),
        "output": digest(output),
        "mean": [list(mean.shape), digest(mean)],
        "weights": [list(weights.shape), digest(weights)],
        "gradients": gradients(module, inputs, output),
    }


batch = ([2, 3, 6], [2, 4, 6], [2, 4, 6])
wide = ([2, 3, 6], [2, 4, 5], [2, 4, 3])
both = {"add_bias_kv": True, "add_zero_attn": True}
heads = {
    "plain": attention({}, batch),
    "without biases": attention({"bias": False}, batch),
    "padding": attention({}, batch, PADDING),
    "padding and who may look where": attention({}, batch, PADDING, LOOK),
    "who may look where, in floats": attention({}, batch, None, ADDED),
    "bias_k and bias_v": attention({"add_bias_kv": True}, batch),
    "zero attention": attention({"add_zero_attn": True}, batch),
    "all that is added, padding and a mask": attention(both, batch, PADDING, LOOK),
    "all that is added, and a mask of floats": attention(both, batch, None, ADDED),
    "other widths, all that is added": attention({"kdim": 5, "vdim": 3, **both}, wide, PADDING),
    "zero attention where all is padding": attention({"add_zero_attn": True}, batch, BLIND),
    "one sample": attention({"add_bias_kv": True}, ([3, 6], [4, 6], [4, 6]), PADDING[0], LOOK),
}

SOURCE = [[False, False, False, True], [False, False, False, False]]
TARGET = [[False, False, False], [False, False, True]]
MEMORY = [[False, True, False, False], [False, False, True, True], [True, False, False, False]]
BETWEEN = [[False, False, True, False], [False, False, False, True], [False, True, False, False], [False] * 4]
later = lambda n: nn.Transformer.generate_square_subsequent_mask(n)


def model(make, call):
    cases = []
    for norm_first in (False, True):
        for activation in ("relu", "gelu"):
            module = make(dict(dim_feedforward=12, dropout=0.0, activation=activation, norm_first=norm_first, layer_norm_eps=1e-3))
            with torch.no_grad():
                fill(module.state_dict())
            src, tgt = leaves([4, 2, 8], [3, 2, 8])
            output = call(module, src, tgt)
            module.zero_grad()
            output.backward(wave(output.shape, 0.25))
            cases.append({
                "normFirst": norm_first,
                "activation": activation,
                "keys": list(module.state_dict()) if not cases else [],
                "output": digest(output),
                "gradients": [digest(p.grad) for _, p in sorted(module.named_parameters())]
                + [digest(t.grad) for t in (src, tgt) if t.grad is not None],
            })
    return cases


padded = {"src_key_padding_mask": torch.tensor(SOURCE)}
decoding = {
    "tgt_mask": later(3),
    "memory_mask": torch.tensor(MEMORY),
    "tgt_key_padding_mask": torch.tensor(TARGET),
    "memory_key_padding_mask": torch.tensor(SOURCE),
}
models = {
    "an encoder layer": model(
        lambda o: nn.TransformerEncoderLayer(8, 2, **o),
        lambda m, src, tgt: m(src, src_mask=torch.tensor(BETWEEN), **padded),
    ),
    "a decoder layer": model(
        lambda o: nn.TransformerDecoderLayer(8, 2, **o),
        lambda m, src, tgt: m(tgt, src, **decoding),
    ),
    "an encoder": model(
        lambda o: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, **o), 2, nn.LayerNorm(8, eps=1e-3)),
        lambda m, src, tgt: m(src, mask=torch.tensor(BETWEEN), **padded),
    ),
    "a decoder": model(
        lambda o: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, **o), 2),
        lambda m, src, tgt: m(tgt, src, **decoding),
    ),
    "a Transformer": model(
        lambda o: nn.Transformer(8, 2, num_encoder_layers=2, num_decoder_layers=1, **o),
        lambda m, src, tgt: m(src, tgt, src_mask=torch.tensor(BETWEEN), **padded, **decoding),
    ),
    "a Transformer without masks": model(
        lambda o: nn.Transformer(8, 2, num_encoder_layers=1, num_decoder_layers=2, **o),
        lambda m, src, tgt: m(src, tgt),
    ),
}
masks = {"source": SOURCE, "target": TARGET, "memory": MEMORY, "between": BETWEEN}
(here / "attention.json").write_text(json.dumps({"heads": heads, "masks": masks, "models": models}, separators=(",", ":")) + "\n")
