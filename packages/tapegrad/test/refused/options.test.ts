import { compile, grad, nn, oneHot, optim, sort, tensor, type Tensor, ValueError } from "../../src/index.ts";
import { plain, loose, x, v, w, net, describeRefused, type Row } from "./rows.ts";

/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-assignment */
const { functional: F } = nn;

/** Positional options. */
const positional: readonly Row[] = [
  [() => x.sum(plain(0)), ValueError, "sum: expected options such as { axis: 0 }, got 0."],
  [() => x.mean(plain(true)), ValueError, "mean: expected options such as { keepDims: true }, got true."],
  [() => x.softmax(plain(0)), ValueError, "softmax: expected options such as { axis: 0 }, got 0."],
  [() => x.norm(plain(1)), ValueError, "norm: expected options such as { axis: 1 }, got 1."],
  [() => x.any(plain(1)), ValueError, "any: expected options such as { axis: 1 }, got 1."],
  [() => x.argmax(plain(null)), ValueError, "argmax: expected options such as { axis: ... }, got null."],
  [() => x.sum(plain(v)), ValueError, "sum: expected options such as { axis: ... }, got a Tensor."],
  [() => x.sum(plain(new Map([["axis", 0]]))), ValueError, "sum: expected options such as { axis: ... }, got a Map."],
  [() => x.cumsum(plain(undefined)), ValueError, "cumsum: expected options such as { axis: ... }, got undefined."],
  [() => new nn.Conv2d(1, 1, 3, plain(2)), ValueError, "Conv2d: expected options such as { stride: 2 }, got 2."],
  [() => new nn.LSTM(2, 3, plain(2)), ValueError, "LSTM: expected options such as { numLayers: 2 }, got 2."],
  [() => new nn.Dense(2, 3, plain(false)), ValueError, "Dense: expected options such as { bias: false }, got false."],
  [() => F.dropout(v, plain(0)), ValueError, "dropout: expected options such as { rate: 0 }, got 0."],
  [
    () => F.leakyRelu(v, plain(0.2)),
    ValueError,
    "leakyRelu: expected options such as { negativeSlope: 0.2 }, got 0.2.",
  ],
  [
    () => F.mseLoss(v, v, plain("sum")),
    ValueError,
    'mseLoss: expected options such as { reduction: "sum" }, got "sum".',
  ],
  [() => nn.init.uniform(w, plain(-5)), ValueError, "uniform: expected options such as { low: -5 }, got -5."],
  [() => new optim.Adam([w], plain(0.01)), ValueError, "Adam: expected options such as { lr: 0.01 }, got 0.01."],
  [
    () => optim.clipGradNorm([w], 1, plain(Infinity)),
    ValueError,
    "clipGradNorm: expected options such as { normType: Infinity }, got Infinity.",
  ],
  [
    () => compile((a: Tensor) => a, plain(true)),
    ValueError,
    "compile: expected options such as { deterministic: true }, got true.",
  ],
];

/** Unknown options. */
const unknown: readonly Row[] = [
  [() => x.softmax(plain({ dim: 0 })), ValueError, 'softmax: expected options axis, got "dim". Did you mean "axis"?'],
  [
    () => x.logSumExp(plain({ dim: 0 })),
    ValueError,
    'logSumExp: expected options axis, keepDims, got "dim". Did you mean "axis"?',
  ],
  [
    () => x.sum(plain({ keepdim: true })),
    ValueError,
    'sum: expected options axis, keepDims, got "keepdim". Did you mean "keepDims"?',
  ],
  [
    () => sort(v, plain({ dim: 0 })),
    ValueError,
    'sort: expected options axis, descending, got "dim". Did you mean "axis"?',
  ],
  [
    () => oneHot(tensor([0], { dtype: "int32" }), 2, plain({ depth: 1 })),
    ValueError,
    'oneHot: expected options dtype, got "depth".',
  ],
  [
    () => grad(w.sum(), [w], plain({ create_graph: true })),
    ValueError,
    'grad: expected options cotangent, retainGraph, createGraph, allowUnused, got "create_graph". Did you mean "createGraph"?',
  ],
  [
    () => w.sum().backward(undefined, plain({ retain: true })),
    ValueError,
    'backward: expected options retainGraph, createGraph, inputs, got "retain".',
  ],
  [
    () => net.loadStateDict(net.stateDict(), plain({ Strict: true })),
    ValueError,
    'loadStateDict: expected options strict, prefix, got "Strict". Did you mean "strict"?',
  ],
];

/** Arguments too many. */
const further: readonly Row[] = [
  [() => loose(x).round!(2), ValueError, "round: expected no further argument, got 2."],
  [() => loose(x).relu!(true), ValueError, "relu: expected no further argument, got true."],
  [() => loose(x).matmul!(x, true), ValueError, "matmul: expected no further argument, got true."],
  [() => loose(F).relu6!(x, 5), ValueError, "relu6: expected no further argument, got 5."],
  [
    () => new (nn.ReLU6 as never as new (inplace: boolean) => unknown)(true),
    ValueError,
    "ReLU6: expected no further argument, got true.",
  ],
  [
    () => loose(net).forward!(x, { training: false }),
    ValueError,
    "Dense.forward: expected no further argument, got { training: false }.",
  ],
];

describeRefused("options by position", positional);
describeRefused("unknown options", unknown);
describeRefused("arguments too many", further);
