import { describe, expect, it } from "vitest";
import {
  assign,
  cat,
  compile,
  data,
  DTypeError,
  grad,
  nn,
  oneHot,
  ones,
  optim,
  rand,
  ShapeError,
  sort,
  stack,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../src/index.ts";

// What other frameworks take here, and TypeScript refuses: a program in plain JavaScript gets to hear what is meant.
/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-assignment */
const plain = (value: unknown): never => value as never;
/** An object whose methods take anything. */
const loose = (value: object): Record<string, (...args: readonly unknown[]) => unknown> => value as never;
const { functional: F } = nn;
const x = tensor([[1, 2], [3, 4]]); // prettier-ignore
const v = tensor([1, 2]);
const w = tensor([1, 2], { requiresGrad: true });
const truth = tensor([true, false]);
const net = new nn.Dense(2, 1);

type Row = readonly [run: () => unknown, type: new (message: string) => Error, message: string];

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
    'backward: expected options retainGraph, createGraph, got "retain".',
  ],
  [
    () => net.loadStateDict(net.stateDict(), plain({ Strict: true })),
    ValueError,
    'loadStateDict: expected options strict, got "Strict". Did you mean "strict"?',
  ],
];

/** Arguments too many. */
const further: readonly Row[] = [
  [() => loose(x).round!(2), ValueError, "round: expected no further argument, got 2."],
  [() => loose(x).relu!(true), ValueError, "relu: expected no further argument, got true."],
  [() => loose(x).matmul!(x, true), ValueError, "matmul: expected no further argument, got true."],
  [() => loose(F).relu!(x, 5), ValueError, "relu: expected no further argument, got 5."],
  [
    () => new (nn.ReLU as never as new (inplace: boolean) => unknown)(true),
    ValueError,
    "ReLU: expected no further argument, got true.",
  ],
  [
    () => loose(net).forward!(x, { training: false }),
    ValueError,
    "Dense.forward: expected no further argument, got { training: false }.",
  ],
];

/** Arguments of a wrong kind, under the name that was called. */
const kinds: readonly Row[] = [
  [
    () => v.add(plain([1, 2])),
    ValueError,
    "add: expected other to be a tensor or a number, got [1, 2]. Make one of it with tensor(...).",
  ],
  [() => v.add(plain("1")), ValueError, 'add: expected other to be a tensor or a number, got "1".'],
  [() => v.mul(plain(2n)), ValueError, "mul: expected other to be a tensor or a number, got 2n."],
  [
    () => x.matmul(plain([[1]])),
    ValueError,
    "matmul: expected other to be a tensor, got [[1]]. Make one of it with tensor(...).",
  ],
  [
    () => assign(v, plain(5)),
    ValueError,
    "assign: expected value to be a tensor, got 5. Make one of it with tensor(...).",
  ],
  [() => zeros(plain(3)), ShapeError, "zeros: expected a shape such as [3], got 3."],
  [() => rand(plain(2), plain(3)), ShapeError, "rand: expected a shape such as [2], got 2."],
  [
    () => loose(ones([1, 2, 3])).permute!(2, 0, 1),
    ShapeError,
    "permute: expected an array with the order of all axes, got 2, 0, 1. Write permute([2, 0, 1]).",
  ],
  [
    () => v.flip(plain({ axis: 0 })),
    ShapeError,
    "flip: expected an axis or a list of axes, got { axis: 0 }. Give the axis itself: 0.",
  ],
  [
    () => cat([x, x], plain({ axis: 1 })),
    ShapeError,
    "cat: expected an axis in [-2, 1], got { axis: 1 }. Give the axis itself: 1.",
  ],
  [
    () => v.clamp(plain({ min: 0 })),
    ValueError,
    "clamp: expected min to be a tensor or a number, got { min: 0 }. Write clamp(min, max).",
  ],
  [
    () => v.to(plain("int")),
    DTypeError,
    'to: expected dtype float32, float64, int32 or bool, got int. Did you mean "int32"?',
  ],
  [
    () => v.to(plain(Float64Array)),
    DTypeError,
    'to: expected dtype float32, float64, int32 or bool, got the function Float64Array. Did you mean "float64"?',
  ],
  [
    () => x.slice([], plain([null, null, -1])),
    ValueError,
    "slice: expected whole [start, stop, step] with step ≠ 0 at axis 1, got [null, null, -1].",
  ],
  [
    () => tensor(plain([v, v])),
    ValueError,
    "tensor: expected a number, nested arrays or a typed array, got a Tensor. Join tensors with stack(...) or cat(...).",
  ],
  [() => x.mean({ axis: 5 }), ShapeError, "mean: expected an axis in [-2, 1], got 5."],
  [() => x.std({ axis: 5 }), ShapeError, "std: expected an axis in [-2, 1], got 5."],
  [() => x.norm({ axis: 5 }), ShapeError, "norm: expected an axis in [-2, 1], got 5."],
  [() => zeros([0]).all(), ShapeError, "all: expected at least one element to reduce, got shape [0]."],
  [() => stack([ones([2]), ones([3])]), ShapeError, "stack: expected tensors of one shape, got [2] and [3]."],
  [() => data.collate([ones([2]), ones([3])]), ShapeError, "collate: expected samples of one shape, got [2] and [3]."],
  [() => F.klDivLoss(truth, v), DTypeError, "klDivLoss: expected input of dtype float32 or float64, got bool."],
  [
    () => w.sum().backward(plain(1)),
    ValueError,
    "backward: expected cotangent to be a tensor, got 1. Make one of it with tensor(...).",
  ],
  [
    () => w.sum().backward(plain({ retainGraph: true })),
    ValueError,
    "backward: expected cotangent to be a tensor, got { retainGraph: true }. Options come after it: backward(undefined, options).",
  ],
  [
    () => grad(w.sum(), plain(w)),
    ValueError,
    "grad: expected inputs to be a list of tensors, got a Tensor. Put it in a list: [x].",
  ],
  [
    () => net.forward(plain([[1]])),
    ValueError,
    "linear: expected x to be a tensor, got [[1]]. Make one of it with tensor(...).",
  ],
  [
    () => new nn.LSTM(2, 3).forward(ones([3, 1, 2]), plain(ones([1, 1, 3]))),
    ValueError,
    "LSTM.forward: expected a state [h, c], got a Tensor.",
  ],
  [
    () => new nn.Sequential(plain([net])),
    ValueError,
    "Sequential: expected module 0 to be a module, got [a Dense]. Give the modules one by one: ...modules.",
  ],
  [
    () => net.loadStateDict(plain(null)),
    ValueError,
    "loadStateDict: expected a state as stateDict returns it, got null.",
  ],
  [
    () => optim.clipGradNorm(plain(net), 1),
    ValueError,
    "clipGradNorm: expected an iterable of tensors or of parameter groups, got a Dense. Pass model.parameters().",
  ],
  [
    () => new data.DataLoader(plain([1, 2]), { batchSize: 1 }),
    ValueError,
    "DataLoader: expected dataset to have length and get(index), got [1, 2].",
  ],
  [
    () => data.zScore().fit(plain([[1]])),
    ValueError,
    "zScore.fit: expected train to be a tensor, got [[1]]. Make one of it with tensor(...).",
  ],
  [
    () =>
      data
        .zScore()
        .fit(x)
        .apply(plain([1])),
    ValueError,
    "zScore.apply: expected samples to be a tensor, got [1]. Make one of it with tensor(...).",
  ],
  [() => compile(plain(5)), ValueError, "compile: expected fn to be a function, got 5."],
  [
    () => compile(plain(net)),
    ValueError,
    "compile: expected fn to be a function, got a Dense. Write compile((x) => model.forward(x)).",
  ],
];

describe.each([
  ["options by position", positional],
  ["unknown options", unknown],
  ["arguments too many", further],
  ["arguments of a wrong kind", kinds],
] as const)("%s", (_, rows) => {
  it.each(rows.map(([run, type, message]) => [message, run, type] as const))("%s", (message, run, type) => {
    expect(run).toThrow(new type(message));
  });
});

it("takes an optimizer's state only with its tensors", () => {
  const optimizer = new optim.Adam([w]);
  w.grad = ones([2]);
  optimizer.step();
  const saved: unknown = JSON.parse(JSON.stringify(optimizer.stateDict()));
  expect(() => optimizer.loadStateDict(plain(saved))).toThrow("Adam.loadStateDict: expected step to be a Tensor, got");
});

it("counts bools as targets of losses", () => {
  const p = tensor([0.25, 0.25]);
  expect(F.binaryCrossEntropy(p, truth, { reduction: "none" }).toArray()).toEqual([
    expect.closeTo(-Math.log(0.25), 6),
    expect.closeTo(-Math.log(0.75), 6),
  ]);
  expect(F.binaryCrossEntropyWithLogits(p, truth, { reduction: "none" }).toArray()).toEqual([
    expect.closeTo(Math.log1p(Math.exp(-0.25)), 6),
    expect.closeTo(Math.log1p(Math.exp(0.25)), 6),
  ]);
});
