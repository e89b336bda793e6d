"""Writes networks.json: what the networks here give in PyTorch, built by hand from its layers, in float64.

Weights, inputs and cotangents are sines that the tests make again, so that only sums of outputs and gradients are kept.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

from waves import digest, fill, wave

torch.set_default_dtype(torch.float64)


class Block(nn.Module):
    def __init__(self, inside, out, stride, norm, bias, shortcut, pre):
        super().__init__()
        self.pre, self.stride, self.more = pre, stride, out - inside
        self.conv1 = nn.Conv2d(inside, out, 3, stride, 1, bias=bias)
        self.bn1 = norm(inside if pre else out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=bias)
        self.bn2 = norm(out)
        self.downsample = None
        if shortcut == "projection" and (stride != 1 or inside != out):
            projection = nn.Conv2d(inside, out, 1, stride, bias=bias)
            self.downsample = nn.Sequential(projection) if pre else nn.Sequential(projection, norm(out))

    def forward(self, x):
        padded = lambda: F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        if self.pre:
            active = F.relu(self.bn1(x))
            shortcut = padded() if self.downsample is None else self.downsample(active)
            return shortcut + self.conv2(F.relu(self.bn2(self.conv1(active))))
        shortcut = padded() if self.downsample is None else self.downsample(x)
        return F.relu(shortcut + self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class ResNet(nn.Module):
    def __init__(self, blocks, channels, norm=nn.BatchNorm2d, bias=False, shortcut="projection", pre=False):
        super().__init__()
        self.pre, self.count = pre, len(blocks)
        self.conv1 = nn.Conv2d(3, channels, 3, 1, 1, bias=bias)
        self.bn1 = norm(channels * 2 ** (len(blocks) - 1) if pre else channels)
        inside = channels
        for stage, count in enumerate(blocks):
            out = channels * 2**stage
            made = []
            for i in range(count):
                made.append(Block(inside, out, 2 if stage > 0 and i == 0 else 1, norm, bias, shortcut, pre))
                inside = out
            setattr(self, f"layer{stage + 1}", nn.Sequential(*made))
        self.fc = nn.Linear(inside, 5)

    def forward(self, x):
        y = self.conv1(x)
        if not self.pre:
            y = F.relu(self.bn1(y))
        for stage in range(self.count):
            y = getattr(self, f"layer{stage + 1}")(y)
        if self.pre:
            y = F.relu(self.bn1(y))
        return self.fc(y.mean((2, 3)))


class DenseLayer(nn.Module):
    def __init__(self, inside, growth, bottleneck):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inside)
        self.bottleneck = bottleneck
        if bottleneck:
            self.conv1 = nn.Conv2d(inside, 4 * growth, 1, bias=False)
            self.norm2 = nn.BatchNorm2d(4 * growth)
            self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)
        else:
            self.conv1 = nn.Conv2d(inside, growth, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(F.relu(self.norm1(x)))
        return self.conv2(F.relu(self.norm2(y))) if self.bottleneck else y


class DenseBlock(nn.Module):
    def __init__(self, inside, count, growth, bottleneck):
        super().__init__()
        self.count = count
        for i in range(count):
            setattr(self, f"denselayer{i + 1}", DenseLayer(inside + i * growth, growth, bottleneck))

    def forward(self, x):
        seen = [x]
        for i in range(self.count):
            seen.append(getattr(self, f"denselayer{i + 1}")(torch.cat(seen, 1)))
        return torch.cat(seen, 1)


class Transition(nn.Module):
    def __init__(self, inside, out):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(inside), nn.Conv2d(inside, out, 1, bias=False)

    def forward(self, x):
        return F.avg_pool2d(self.conv(F.relu(self.norm(x))), 2)


class DenseNet(nn.Module):
    def __init__(self, blocks, growth, channels, compression, bottleneck):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, channels, 3, padding=1, bias=False))
        for i, count in enumerate(blocks):
            if i > 0:
                kept = int(channels * compression)
                self.features.add_module(f"transition{i}", Transition(channels, kept))
                channels = kept
            self.features.add_module(f"denseblock{i + 1}", DenseBlock(channels, count, growth, bottleneck))
            channels += count * growth
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, 5)

    def forward(self, x):
        return self.classifier(F.relu(self.features(x)).mean((2, 3)))


class MLPConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3, 6, 5, 2, 2), nn.Conv2d(6, 4, 1), nn.Conv2d(4, 5, 1)])

    def forward(self, x):
        for conv in self.convs:
            x = F.relu(conv(x))
        return x


def observe(net, train):
    """Output, gradients and state after one pass."""
    with torch.no_grad():
        fill(net.state_dict())
    net.train(train)
    x = wave((4, 3, 9, 9), 0.2).requires_grad_(True)
    y = net(x)
    (y * wave(y.shape, 0.9)).sum().backward()
    gradients = {key: digest(p.grad) for key, p in sorted(net.named_parameters())}
    state = {key: digest(b) for key, b in sorted(net.named_buffers()) if b.is_floating_point()}
    return {
        "output": digest(y.detach()),
        "input": digest(x.grad),
        "gradients": gradients,
        "state": state,
    }


groups = lambda channels: nn.GroupNorm(2, channels)
none = lambda channels: nn.Identity()
networks = {
    "ResNet": lambda: ResNet([2, 1, 1], 4),
    "ResNet with padding": lambda: ResNet([1, 2], 4, shortcut="padding"),
    "ResNet with preActivation": lambda: ResNet([1, 2, 1], 4, pre=True),
    "ResNet with preActivation, padding and GroupNorm": lambda: ResNet([1, 1], 4, groups, shortcut="padding", pre=True),
    "ResNet without norms": lambda: ResNet([1, 1], 3, none, bias=True),
    "DenseNet": lambda: DenseNet([2, 3], 3, 6, 0.5, True),
    "plain DenseNet": lambda: DenseNet([2, 1, 2], 3, 4, 1.0, False),
    "MLPConv": MLPConv,
}
found = {name: {mode: observe(make(), mode == "train") for mode in ("train", "eval")} for name, make in networks.items()}
path = pathlib.Path(__file__).with_name("networks.json")
path.write_text(json.dumps({"torch": torch.__version__, "networks": found}, indent=1) + "\n")
