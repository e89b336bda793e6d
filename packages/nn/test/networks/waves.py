"""What waves.ts makes, in PyTorch."""

import math

import torch


def wave(shape, phase):
    """The sines sin(0.7 i² + phase) of i = 0, 1, ... in a shape."""
    count = math.prod(shape)
    return torch.tensor([math.sin(0.7 * i * i + phase) for i in range(count)]).reshape(shape)


def fill(state):
    """Every tensor of floats by its place among the keys in their order."""
    for place, key in enumerate(sorted(key for key, t in state.items() if t.is_floating_point())):
        tensor = state[key]
        values = wave(tensor.shape, place)
        if tensor.ndim > 1:
            values = values * math.sqrt(3 / math.prod(tensor.shape[1:]))
        elif key.endswith(("weight", "running_var")):
            values = 1 + 0.4 * values
        else:
            values = 0.3 * values
        tensor.copy_(values)


def digest(tensor):
    """A sum by weights, which sees each element."""
    return (tensor * wave(tensor.shape, 0.5)).sum().item()
