"""A contender: the rows of the bench in PyTorch. Usage: pytorch.py THREADS, requests as JSON lines on standard input."""

import json
import resource
import sys
import time
import traceback

import numpy
import torch
from torch import nn
from torch.nn import functional


def draw(spec, seed):
    """The formula of src/draw.ts."""
    count = int(numpy.prod(spec["shape"], dtype=numpy.int64))
    with numpy.errstate(over="ignore"):
        start = numpy.uint32((seed + 1) * 0x85EBCA77 & 0xFFFFFFFF)
        value = (numpy.arange(1, count + 1, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1)) ^ start
        value = (value ^ (value >> numpy.uint32(16))) * numpy.uint32(0x21F0AAAD)
        value = (value ^ (value >> numpy.uint32(15))) * numpy.uint32(0x735A2D97)
        value = value ^ (value >> numpy.uint32(15))
    share = value.astype(numpy.float64) / 2**32
    if "below" in spec:
        drawn = numpy.floor(share * spec["below"]).astype(numpy.int64)
    else:
        drawn = (spec["low"] + (spec["high"] - spec["low"]) * share).astype(numpy.float32)
    return torch.from_numpy(drawn.reshape(spec["shape"]))


def digest(tensor):
    values = tensor.detach().reshape(-1).double()
    return (values + torch.arange(len(values)) % 7 - 3).square().mean().item()


class RMSNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight


class LSTMClassifier(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features
        self.weight_ih = nn.Parameter(torch.zeros(4 * features, features))
        self.weight_hh = nn.Parameter(torch.zeros(4 * features, features))
        self.bias = nn.Parameter(torch.zeros(4 * features))
        self.norm_ih = nn.LayerNorm(4 * features)
        self.norm_hh = nn.LayerNorm(4 * features)
        self.norm_c = nn.LayerNorm(features)
        self.head = nn.Linear(features, 10)

    def forward(self, x):
        inputs = self.norm_ih(functional.linear(x, self.weight_ih)) + self.bias
        h = c = torch.zeros(x.shape[1], self.features)
        for step in inputs.unbind(0):
            gates = step + self.norm_hh(functional.linear(h, self.weight_hh))
            i, f, g, o = gates.chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * self.norm_c(c).tanh()
        return self.head(h)


class GRUClassifier(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.gru = nn.GRU(features, features)
        self.head = nn.Linear(features, 10)

    def forward(self, x):
        return self.head(self.gru(x)[1][0])


class LanguageModel(nn.Module):
    def __init__(self, symbols, time, features, layers, heads):
        super().__init__()
        self.embedding = nn.Embedding(symbols, features)
        self.position = nn.Parameter(torch.zeros(time, features))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                features, heads, dim_feedforward=4 * features, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(features)
        self.head = nn.Linear(features, symbols)
        self.mask = nn.Transformer.generate_square_subsequent_mask(time)

    def forward(self, x):
        h = self.embedding(x) + self.position
        for layer in self.layers:
            h = layer(h, src_mask=self.mask)
        return self.head(self.norm(h)).flatten(0, 1)


NORMS = {"BatchNorm": nn.BatchNorm1d, "LayerNorm": nn.LayerNorm, "RMSNorm": RMSNorm}


def mlp(row):
    sizes = row["sizes"]
    layers = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if index < len(sizes) - 2:
            layers += [NORMS[row["norm"]](outputs), nn.ReLU()]
    return nn.Sequential(*layers)


def cnn(row):
    channels = row["channels"]
    layers = []
    for inputs, outputs in zip(channels, channels[1:]):
        layers += [nn.Conv2d(inputs, outputs, 5), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * channels[-1], 10))


def language_model(row):
    symbols = row["tensors"]["embedding.weight"]["shape"][0]
    time_ = row["tensors"]["position"]["shape"][0]
    return LanguageModel(symbols, time_, row["features"], row["layers"], row["heads"])


MODELS = {
    "mlp": mlp,
    "inference": mlp,
    "cnn": cnn,
    "transformer": language_model,
    "lstm": lambda row: LSTMClassifier(row["features"]),
    "gru": lambda row: GRUClassifier(row["features"]),
    "norm": lambda row: NORMS[row["norm"]](row["features"]),
}


def load(model, tensors, prefix=""):
    state = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
    parameters = {key: value for key, value in state.items() if key not in ("x", "y", "cotangent")}
    unexpected = model.load_state_dict(parameters, strict=False).unexpected_keys
    assert not unexpected, unexpected
    return model


def prepare(row):
    """A step, what it computed as a function, and how many steps are compared."""
    tensors = {key: draw(spec, seed) for seed, (key, spec) in enumerate(row["tensors"].items())}
    kind = row["kind"]
    if kind == "matmul":
        a, b = tensors["a"], tensors["b"]
        return lambda: torch.matmul(a, b), lambda product: [digest(product)], 1
    x = tensors["x"]
    if kind == "norm":
        norm = load(MODELS[kind](row), tensors, "norm.")
        cotangent = tensors["cotangent"]
        leaves = [x.requires_grad_(), *norm.parameters()]

        def both():
            for leaf in leaves:
                leaf.grad = None
            norm(x).backward(cotangent)

        return both, lambda _: [digest(leaf.grad) for leaf in leaves], 1
    model = load(MODELS[kind](row), tensors)
    if kind == "inference":
        model.eval()

        def infer():
            with torch.inference_mode():
                return model(x)

        return infer, lambda output: [digest(output)], 1
    y = tensors["y"]
    binary = y.ndim == 2 and y.shape[1] == 1
    loss_of = functional.binary_cross_entropy_with_logits if binary else functional.cross_entropy
    y = y.float() if binary else y.flatten()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return train, lambda loss: [loss], 3


def timed(step, count):
    start = time.perf_counter()
    for _ in range(count):
        result = step()
    return (time.perf_counter() - start) * 1e3, result


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    answers, sys.stdout = sys.stdout, sys.stderr

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    say({"about": [f"PyTorch {torch.__version__}"]})
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                step, values_of, compared = prepare(request["prepare"])
                first, result = timed(step, 1)
                values = list(values_of(result))
                for _ in range(compared - 1):
                    values += values_of(timed(step, 1)[1])
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
                say({"first": first, "values": values, "memory": memory})
            else:
                say({"milliseconds": timed(step, request["time"])[0]})
        except Exception as error:  # told to the parent, which says so in the table
            traceback.print_exc()
            say({"error": f"{type(error).__name__}: {error}"})


main()
