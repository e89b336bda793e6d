"""Layers of Keras in NumPy, in float64, channels last, as its documentation and its sources say them. Each takes its variables first."""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def dense(x, kernel, bias):
    return x @ kernel + bias


def windows(x, size, stride=(1, 1)):
    """Yields for each output position its indices and its window, [batch, *size, channels]."""
    rows, columns = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:3], size, stride)]
    for i in range(rows):
        for j in range(columns):
            yield i, j, x[:, i * stride[0] : i * stride[0] + size[0], j * stride[1] : j * stride[1] + size[1]]


def conv2d(x, kernel, bias):
    """Padding "valid", kernel [height, width, inputs, filters]."""
    size = kernel.shape[:2]
    y = np.zeros((len(x), x.shape[1] - size[0] + 1, x.shape[2] - size[1] + 1, kernel.shape[3]))
    for i, j, window in windows(x, size):
        y[:, i, j] = np.einsum("nhwc,hwco->no", window, kernel) + bias
    return y


def depthwise_conv2d(x, kernel, bias):
    """Kernel [height, width, channels, multiplier]; filter m of channel c becomes channel c * multiplier + m."""
    size = kernel.shape[:2]
    y = np.zeros((len(x), x.shape[1] - size[0] + 1, x.shape[2] - size[1] + 1, kernel.shape[2] * kernel.shape[3]))
    for i, j, window in windows(x, size):
        y[:, i, j] = np.einsum("nhwc,hwcm->ncm", window, kernel).reshape(len(x), -1) + bias
    return y


def conv2d_transpose(x, kernel, bias, stride):
    """Padding "valid", kernel [height, width, filters, inputs]: what a convolution would send backward."""
    size = kernel.shape[:2]
    y = np.zeros((len(x), *((n - 1) * stride + max(k, stride) for n, k in zip(x.shape[1:3], size)), kernel.shape[2]))
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            y[:, i * stride : i * stride + size[0], j * stride : j * stride + size[1]] += np.einsum(
                "nc,hwoc->nhwo", x[:, i, j], kernel
            )
    return y + bias


def conv1d(x, kernel, bias):
    steps = x.shape[1] - len(kernel) + 1
    return np.stack([np.einsum("ntc,tco->no", x[:, t : t + len(kernel)], kernel) for t in range(steps)], 1) + bias


def batch_normalization(x, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    return (x - moving_mean) / np.sqrt(moving_variance + epsilon) * gamma + beta


def layer_normalization(x, gamma, beta, epsilon=1e-3):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def rms_normalization(x, scale, epsilon=1e-6):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + epsilon) * scale


def group_normalization(x, gamma, beta, groups, epsilon=1e-3):
    """x is [batch, steps, channels]."""
    grouped = x.reshape(*x.shape[:-1], groups, -1)
    mean, variance = grouped.mean((1, 3), keepdims=True), grouped.var((1, 3), keepdims=True)
    return ((grouped - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) * gamma + beta


def p_re_lu(x, alpha):
    return relu(x) - alpha * relu(-x)


def simple_rnn(x, kernel, recurrent_kernel, bias):
    h, outputs = np.zeros((len(x), len(recurrent_kernel))), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ kernel + h @ recurrent_kernel + bias)
        outputs.append(h)
    return np.stack(outputs, 1)


def lstm(x, kernel, recurrent_kernel, bias):
    units = len(recurrent_kernel)
    h, c, outputs = np.zeros((len(x), units)), np.zeros((len(x), units)), []
    for t in range(x.shape[1]):
        i, f, candidate, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 4, -1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, 1)


def gru(x, kernel, recurrent_kernel, bias, reset_after=True):
    """The kernels have z, r and h side by side; with reset_after there are two biases."""
    h, outputs = np.zeros((len(x), len(recurrent_kernel))), []
    input_bias, recurrent_bias = bias if reset_after else (bias, np.zeros_like(bias))
    for t in range(x.shape[1]):
        x_z, x_r, x_h = np.split(x[:, t] @ kernel + input_bias, 3, -1)
        u_z, u_r, u_h = np.split(recurrent_kernel, 3, -1)
        b_z, b_r, b_h = np.split(recurrent_bias, 3, -1)
        z, r = sigmoid(x_z + h @ u_z + b_z), sigmoid(x_r + h @ u_r + b_r)
        candidate = np.tanh(x_h + (r * (h @ u_h + b_h) if reset_after else (r * h) @ u_h))
        h = z * h + (1 - z) * candidate
        outputs.append(h)
    return np.stack(outputs, 1)


def bidirectional(layer, x, *variables):
    half = len(variables) // 2
    backward = layer(x[:, ::-1], *variables[half:])[:, ::-1]
    return np.concatenate([layer(x, *variables[:half]), backward], -1)


def multi_head_attention(x, query, query_bias, key, key_bias, value, value_bias, output, output_bias):
    """Self-attention; kernels are [features, heads, size], that of the output [heads, size, features]."""
    q, k, v = [np.einsum("ntf,fhd->nthd", x, w) + b for w, b in ((query, query_bias), (key, key_bias), (value, value_bias))]
    scores = np.einsum("nqhd,nkhd->nhqk", q / np.sqrt(query.shape[-1]), k)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("nqhd,hdf->nqf", np.einsum("nhqk,nkhd->nqhd", weights, v), output) + output_bias
