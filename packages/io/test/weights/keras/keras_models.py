"""Models of Keras as lists of layers, each with its variables by the path that Keras 3 gives them, in Keras' order, and how they are
computed; keras-models.ts has the same models."""
import numpy as np

import numpy_layers as layers

RANDOM = np.random.default_rng(12)


def draw(*shape):
    return RANDOM.normal(0, 0.6, shape).astype("float32")


def positive(*shape):
    return RANDOM.uniform(0.5, 2, shape).astype("float32")


class Layer:
    """A layer of a class, named as files of Keras 2 name it, with variables by inner path and name."""

    def __init__(self, kind, call, **variables):
        self.kind, self.call = kind, call
        self.variables = {name.replace("__", "/"): value for name, value in variables.items()}

    def __call__(self, x):
        return self.call(x, *(value.astype("float64") for value in self.variables.values()))


def dense(inputs, units, activation=lambda x: x):
    return Layer("dense", lambda x, *v: activation(layers.dense(x, *v)), kernel=draw(inputs, units), bias=draw(units))


def norm(kind, size, call, **more):
    return Layer(kind, call, gamma=positive(size), beta=draw(size), **more)


def batch_norm(size):
    moving = {"moving_mean": draw(size), "moving_variance": positive(size)}
    return norm("batch_normalization", size, layers.batch_normalization, **moving)


def plain(call):
    return Layer("", call)


def cell(kind, call, gates, inputs, units, bias_shape=None):
    bias = draw(*(bias_shape or (gates * units,)))
    variables = {"cell__kernel": draw(inputs, gates * units), "cell__recurrent_kernel": draw(units, gates * units)}
    return Layer(kind, call, **variables, cell__bias=bias)


def both_ways(call, gates, inputs, units):
    variables = {}
    for side in ("forward_layer", "backward_layer"):
        variables[f"{side}__cell__kernel"] = draw(inputs, gates * units)
        variables[f"{side}__cell__recurrent_kernel"] = draw(units, gates * units)
        variables[f"{side}__cell__bias"] = draw(gates * units)
    return Layer("bidirectional", lambda x, *v: layers.bidirectional(call, x, *v), **variables)


def attention(features, heads):
    size = features // heads
    variables = {}
    for name in ("query", "key", "value"):
        variables[f"{name}_dense__kernel"], variables[f"{name}_dense__bias"] = draw(features, heads, size), draw(heads, size)
    variables["output_dense__kernel"], variables["output_dense__bias"] = draw(heads, size, features), draw(features)
    return Layer("multi_head_attention", layers.multi_head_attention, **variables)


MODELS = {
    "mlp": (
        [dense(4, 6), batch_norm(6), plain(layers.relu), dense(6, 5), norm("layer_normalization", 5, layers.layer_normalization), dense(5, 3)],
        lambda: draw(3, 4),
    ),
    "cnn": (
        [
            Layer("conv2d", layers.conv2d, kernel=draw(3, 2, 2, 4), bias=draw(4)),
            batch_norm(4),
            Layer("p_re_lu", layers.p_re_lu, alpha=draw(1, 1, 4)),
            Layer("depthwise_conv2d", layers.depthwise_conv2d, depthwise_kernel=draw(2, 2, 4, 2), bias=draw(8)),
            Layer("conv2d", layers.conv2d, kernel=draw(1, 1, 8, 2), bias=draw(2)),
            plain(lambda x: x.reshape(len(x), -1)),
            dense(3 * 5 * 2, 2),
        ],
        lambda: draw(2, 6, 7, 2),
    ),
    "decoder": (
        [Layer("conv2d_transpose", lambda x, *v: layers.conv2d_transpose(x, *v, stride=2), kernel=draw(3, 3, 2, 4), bias=draw(2))],
        lambda: draw(1, 3, 2, 4),
    ),
    "steps": (
        [
            Layer("conv1d", layers.conv1d, kernel=draw(3, 2, 4), bias=draw(4)),
            norm("group_normalization", 4, lambda x, *v: layers.group_normalization(x, *v, groups=2)),
        ],
        lambda: draw(2, 6, 2),
    ),
    "tokens": (
        [
            Layer("embedding", lambda x, table: table[x], embeddings=draw(9, 4)),
            attention(4, 2),
            Layer("rms_normalization", layers.rms_normalization, scale=positive(4)),
            cell("simple_rnn", layers.simple_rnn, 1, 4, 3),
            cell("lstm", layers.lstm, 4, 3, 5),
            cell("lstm", layers.lstm, 4, 5, 4),
            both_ways(layers.lstm, 4, 4, 3),
            cell("gru", layers.gru, 3, 6, 4, (2, 12)),
            cell("gru", lambda x, *v: layers.gru(x, *v, reset_after=False), 3, 4, 3),
            dense(3, 2),
        ],
        lambda: RANDOM.integers(0, 9, (2, 5)).astype("int32"),
    ),
}


def run(model, x):
    y = x if x.dtype == "int32" else x.astype("float64")
    for layer in model:
        y = layer(y)
    return y
