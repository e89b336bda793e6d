"""Models of PyTorch with their inputs, by name; torch.test.ts has the same models."""
import torch
from torch import nn


def small_cnn():
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        nn.Linear(36, 5),
    )


def encoder():
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=12, dropout=0.0, batch_first=True)
    return nn.TransformerEncoder(layer, 2)


X = torch.randn
CASES = {
    "linear": (lambda: nn.Linear(4, 3), lambda: X(2, 4)),
    "linear_double": (lambda: nn.Linear(4, 3, bias=False).double(), lambda: X(2, 4).double()),
    "conv1d": (lambda: nn.Conv1d(2, 3, 3, stride=2, padding=1), lambda: X(2, 2, 7)),
    "conv2d": (lambda: nn.Conv2d(4, 6, (3, 2), groups=2, padding=1, dilation=2), lambda: X(2, 4, 7, 6)),
    "conv3d": (lambda: nn.Conv3d(1, 2, 2), lambda: X(1, 1, 3, 4, 3)),
    "conv_transpose1d": (lambda: nn.ConvTranspose1d(2, 3, 3, stride=2), lambda: X(2, 2, 4)),
    "conv_transpose2d": (
        lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
        lambda: X(1, 4, 3, 4),
    ),
    "conv_transpose3d": (lambda: nn.ConvTranspose3d(2, 1, 2), lambda: X(1, 2, 2, 2, 3)),
    "batch_norm1d": (lambda: nn.BatchNorm1d(3), lambda: X(4, 3)),
    "batch_norm2d": (lambda: nn.BatchNorm2d(3, affine=False), lambda: X(2, 3, 2, 2)),
    "layer_norm": (lambda: nn.LayerNorm([2, 3]), lambda: X(4, 2, 3)),
    "group_norm": (lambda: nn.GroupNorm(2, 4), lambda: X(2, 4, 3)),
    "instance_norm": (lambda: nn.InstanceNorm1d(3, affine=True, track_running_stats=True), lambda: X(2, 3, 5)),
    "weight_norm": (lambda: nn.utils.weight_norm(nn.Linear(4, 3)), lambda: X(2, 4)),
    "prelu": (lambda: nn.PReLU(3), lambda: X(2, 3, 4)),
    "embedding": (lambda: nn.Embedding(7, 3, padding_idx=0), lambda: torch.tensor([[1, 6, 0], [2, 2, 5]])),
    "rnn": (lambda: nn.RNN(3, 4, nonlinearity="relu"), lambda: X(5, 2, 3)),
    "lstm": (lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True), lambda: X(2, 5, 3)),
    "gru": (lambda: nn.GRU(3, 4, num_layers=2, bidirectional=True), lambda: X(5, 2, 3)),
    "lstm_cell": (lambda: nn.LSTMCell(3, 4), lambda: X(2, 3)),
    "gru_cell": (lambda: nn.GRUCell(3, 4, bias=False), lambda: X(2, 3)),
    "attention": (lambda: nn.MultiheadAttention(8, 2), lambda: X(5, 2, 8)),
    "attention_kv": (lambda: nn.MultiheadAttention(8, 2, kdim=8, vdim=6, batch_first=True), lambda: X(2, 5, 8)),
    "transformer": (encoder, lambda: X(2, 5, 8)),
    "cnn": (small_cnn, lambda: X(2, 1, 6, 6)),
}


def call(name, model, x):
    """The output: the first one, where there are several."""
    if name == "attention":
        return model(x, x, x)[0]
    if name == "attention_kv":
        return model(x, x, x[..., :6])[0]
    y = model(x)
    return y[0] if isinstance(y, tuple) else y
