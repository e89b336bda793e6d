import { expect, it } from "vitest";
import {
  assign,
  cat,
  compile,
  data,
  DTypeError,
  grad,
  gradcheck,
  nn,
  ones,
  optim,
  rand,
  randint,
  randperm,
  ShapeError,
  stack,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { plain, loose, x, v, w, truth, net, describeRefused, type Row } from "./rows.ts";

/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-assignment */
const { functional: F } = nn;

/** Arguments of a wrong kind, under the name that was called. */
const kinds: readonly Row[] = [
  [
    () => v.add(plain([1, 2])),
    ValueError,
    "add: expected other to be a tensor or a number, got [1, 2]. Make one of it with tensor(...).",
  ],
  [() => v.add(plain("1")), ValueError, 'add: expected other to be a tensor or a number, got "1".'],
  [() => v.add(plain(null)), ValueError, "add: expected other to be a tensor or a number, got null."],
  [() => v.add(plain(true)), ValueError, "add: expected other to be a tensor or a number, got true."],
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
  [() => zeros(plain(undefined)), ShapeError, "zeros: expected a shape such as [2, 3], got undefined."],
  [
    () => nn.init.constant(tensor([1], { dtype: "int32" }), 3e9),
    ValueError,
    "constant: expected int32 elements in [-2147483648, 2147483647], got 3000000000. Give dtype float64 for such numbers.",
  ],
  [() => zeros([-1]), ShapeError, "zeros: expected whole extents of at least 0, got shape [-1]."],
  [() => ones([1.5]), ShapeError, "ones: expected whole extents of at least 0, got shape [1.5]."],
  [
    () => randint(plain(5), plain([2]), plain(undefined)),
    ValueError,
    "randint: expected whole low < high within int32, got 5 and [2].",
  ],
  [
    () => randperm(3, { generator: plain("key") }),
    ValueError,
    "randperm: expected generator to be a Generator, got key.",
  ],
  [() => v.broadcastTo(plain(3)), ShapeError, "broadcastTo: expected a shape such as [3], got 3."],
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
    () => v.squeeze(plain({ axis: 0 })),
    ShapeError,
    "squeeze: expected an axis or a list of axes, got { axis: 0 }. Give the axis itself: 0.",
  ],
  [() => x.pad(plain([1, 1])), ShapeError, "pad: expected a list of [before, after] for each axis, got [1, 1]."],
  [
    () => x.indexSelect(0, plain([0])),
    ValueError,
    "indexSelect: expected index to be a tensor, got [0]. Make one of it with tensor(...).",
  ],
  [
    () => x.slice(plain("0")),
    ValueError,
    'slice: expected whole [start, stop, step] with step ≠ 0 at axis 0, got "0".',
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
  [() => x.all({ axis: 5 }), ShapeError, "all: expected an axis in [-2, 1], got 5."],
  [() => x.any({ axis: 5 }), ShapeError, "any: expected an axis in [-2, 1], got 5."],
  [() => zeros([0]).any(), ShapeError, "any: expected at least one element to reduce, got shape [0]."],
  [() => zeros([0]).all(), ShapeError, "all: expected at least one element to reduce, got shape [0]."],
  [() => stack([ones([2]), ones([3])]), ShapeError, "stack: expected tensors of one shape, got [2] and [3]."],
  [() => data.collate([ones([2]), ones([3])]), ShapeError, "collate: expected samples of one shape, got [2] and [3]."],
  [
    () => F.binaryCrossEntropy(truth, v),
    DTypeError,
    "binaryCrossEntropy: expected input of dtype float32 or float64, got bool.",
  ],
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
    () =>
      gradcheck(
        plain((a: unknown) => a),
        plain(w),
      ),
    ValueError,
    "gradcheck: expected inputs to be a list of tensors, got a Tensor. Put it in a list: [x].",
  ],
  [() => net.forward(plain(undefined)), ValueError, "linear: expected x to be a tensor, got undefined."],
  [
    () => net.forward(x.to("float64")),
    DTypeError,
    'linear: expected input and weight of one numeric dtype, got float64 and float32. Convert with to("float32").',
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

describeRefused("arguments of a wrong kind", kinds);

it("says where in a state from JSON an element is wrong", () => {
  const state = (value: object): never => plain(JSON.parse(JSON.stringify(value)));
  const broken = state({ weight: { dtype: "float32", shape: [1, 2], data: [1, null] }, bias: tensor([0]) });
  expect(() => net.loadStateDict(broken)).toThrow(
    new ValueError("loadStateDict: expected elements of float32 in weight.data, got null at 1."),
  );
  const saved = state(new optim.Adam([w])) as { param_groups: object[]; state: object[] };
  const other = { ...saved, state: { 0: { step: { dtype: "float64", shape: [], data: ["one"] } } } };
  expect(() => new optim.Adam([w]).loadStateDict(plain(other))).toThrow(
    new ValueError('Adam.loadStateDict: expected elements of float64 in state.0.step.data, got "one" at 0.'),
  );
});

it("takes an optimizer's state from JSON, and only with its tensors", () => {
  const optimizer = new optim.Adam([w]);
  w.grad = ones([2]);
  optimizer.step();
  const saved = JSON.parse(JSON.stringify(optimizer.stateDict())) as { state: { 0: { step: unknown } } };
  optimizer.loadStateDict(plain(saved));
  saved.state[0].step = 1;
  expect(() => optimizer.loadStateDict(plain(saved))).toThrow(
    new ValueError("Adam.loadStateDict: expected step to be a Tensor, got 1."),
  );
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
