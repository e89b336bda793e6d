import {
  CELU,
  ELU,
  functional as F,
  GELU,
  GroupNorm,
  GRU,
  HardSigmoid,
  HardTanh,
  InstanceNorm,
  LayerNorm,
  LocalResponseNorm,
  LSTM,
  Mish,
  type Module,
  PReLU,
  registerModuleForwardHook,
  RNN,
  Sequential,
  Softplus,
} from "@tapegrad/nn";
import { cat, randn, type Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { exportOnnx } from "../../src/index.ts";
import { shuffle } from "./layer-calls.ts";
import { loadIntoRuntime } from "./onnx-runtime.ts";
import { operatorsOf } from "./operators-of.ts";

const [line, image, rows] = [randn([2, 4, 9]), randn([2, 4, 8, 7]), randn([3, 6])];
/** Where nothing varies, as far as the first sample is concerned. */
const constant = cat([image.slice([0, 1]).mul(0).add(1), image.slice([1, 2])]);

const known = new Map<string, Tensor>();
/** A weight or bias that is drawn once. */
function drawn(name: string, ...shape: number[]): Tensor {
  const key = `${name} ${shape.join()}`;
  const tensor = known.get(key) ?? randn(shape);
  known.set(key, tensor);
  return tensor;
}
const w = (...shape: number[]): Tensor => drawn("weight", ...shape);
const b = (...shape: number[]): Tensor => drawn("bias", ...shape);

const shifted = (x: Tensor): Tensor => x.sub(x.max({ axis: 1, keepDims: true })).exp();
const one = (x: Tensor, f: (x: Tensor) => Tensor): Tensor => f(x);

/** A function that calls a layer, whose parameters are not those of a fresh one. */
function layer(module: Module): (x: Tensor) => Tensor {
  shuffle(module);
  return (x) => module.forward(x);
}

/** The outputs and the last states of a recurrent layer, behind each other. */
const recurrent =
  (module: LSTM | GRU | RNN) =>
  (x: Tensor): Tensor => {
    const [output, state] = module.forward(x);
    const states = Array.isArray(state) ? (state as readonly Tensor[]) : [state as Tensor];
    return cat([output, ...states].map((each) => each.flatten()));
  };

/** Calls with options that operators have to say, by what has to say them; "" where the primitives do. */
const calls: readonly (readonly [operator: string, f: (x: Tensor) => Tensor, x: Tensor])[] = [
  ["Conv", (x) => F.conv2d(x, w(6, 2, 3, 2), b(6), { stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 2 }), image],
  ["Conv", (x) => F.conv2d(x, w(6, 2, 3, 2), undefined, { padding: "same", groups: 2 }), image],
  ["Conv", (x) => F.conv1d(x, w(3, 4, 4), b(3), { padding: "same" }), line],
  ["ConvTranspose", (x) => F.convTranspose2d(x, w(4, 3, 3, 2), b(6), { stride: [2, 3], padding: [1, 0], outputPadding: [1, 2], groups: 2 }), image],
  ["ConvTranspose", (x) => F.convTranspose1d(x, w(4, 2, 3), undefined, { stride: 2, dilation: 2, padding: 2 }), line],
  ["MaxPool", (x) => F.maxPool2d(x, [3, 2], { stride: [2, 1], padding: 1, dilation: [1, 2], ceilMode: true }), image],
  ["AveragePool", (x) => F.avgPool2d(x, [3, 2], { stride: [2, 1], padding: 1 }), image],
  ["AveragePool", (x) => F.avgPool2d(x, 3, { padding: 1, countIncludePad: false, ceilMode: true }), image],
  ["AveragePool", (x) => F.avgPool1d(x, 3, { divisor: 2 }), line],
  ["", (x) => F.avgPool1d(x, 4, { stride: 3, padding: 1, ceilMode: true }), line],
  ["", (x) => F.adaptiveAvgPool2d(x, [3, null]), image],
  ["BatchNormalization", (x) => F.batchNorm(x, { runningMean: drawn("mean", 4), runningVar: drawn("variance", 4).square().add(1), bias: b(4), eps: 0.1 }), image],
  ["InstanceNormalization", layer(new InstanceNorm(4, { affine: true, eps: 0.1 })), image],
  ["InstanceNormalization", layer(new InstanceNorm(4)), line],
  ["LayerNormalization", (x) => F.instanceNorm(x, { weight: w(4), bias: b(4), eps: 0.1 }), image],
  ["LayerNormalization", (x) => F.layerNorm(x, [8, 7], { bias: b(8, 7), eps: 0.1 }), image],
  ["LayerNormalization", (x) => F.adaNorm(x, 6), rows],
  ["LayerNormalization", (x) => F.groupNorm(x, 2, { weight: w(4), bias: b(4), eps: 0.1 }), image],
  ["", (x) => F.rmsNorm(x, 6, { weight: w(6), bias: b(6), eps: 0.1 }), rows],
  ["", (x) => F.rmsNorm(x, 6, { partial: 0.5 }), rows],
  ["", (x) => F.batchNorm(x, { axis: -1, runningMean: w(9), runningVar: w(9).square(), weight: w(9) }), line],
  ["", (x) => F.batchNorm(x, { axis: [1, 2], runningMean: w(4, 9), runningVar: w(4, 9).square() }), line],
  ["", (x) => F.layerNorm(x, 4, { axis: 1, weight: w(4) }), line],
  ["", (x) => F.layerNorm(x, 9, { rmsScaling: true, weight: w(9) }), line],
  ["", layer(new GroupNorm(2, 4, { axis: 1, batched: true })), line.to("float64")],
  ["", (x) => F.groupNorm(x, 3, { axis: -1, weight: w(9) }), line],
  ["", (x) => F.instanceNorm(x, { mask: x.gt(-0.5) }), line],
  ["", (x) => F.layerNorm(x, 9, { mask: x.gt(-0.5), weight: w(9) }), line],
  ["", (x) => new GroupNorm(2, 4).forward(x, x.slice([], 0, []).gt(-0.5)), line],
  ["", (x) => new InstanceNorm(4).forward(x, x.gt(-0.5)), line],
  ["", layer(new PReLU({ shape: [4, 1] })), line],
  ["HardSigmoid", layer(new HardSigmoid({ alpha: 0.2, beta: 0.4 })), rows],
  ["", layer(new LocalResponseNorm(2)), image],
  ["LRN", layer(new LocalResponseNorm(3, { alpha: 0.3, beta: 0.6, k: 2 })), image],
  ["LSTM", recurrent(new LSTM(6, 3, { recurrentActivation: "relu", bidirectional: true })), rows],
  ["LSTM", recurrent(new LSTM(9, 3, { batchFirst: true, numLayers: 2, bias: false })), line],
  ["GRU", recurrent(new GRU(6, 3, { activation: "relu", resetAfter: false })), rows],
  ["RNN", recurrent(new RNN(9, 3, { activation: "sigmoid", bidirectional: true, batchFirst: true })), line],
  ["", recurrent(new RNN(9, 3, { activation: (t) => t.sin(), batchFirst: true })), line],
  ["", recurrent(new LSTM(9, 3, { activation: "silu", batchFirst: true })), line],
  ["Softmax", (x) => F.softmax(x, { axis: 1 }), image],
  ["LogSoftmax", (x) => F.logSoftmax(x, { axis: -2 }), image],
  ["ReduceMean", (x) => x.mean({ axis: [0, 2] }), image],
  ["ReduceMean", (x) => x.gt(0).mean(), image],
  ["Softplus", layer(new Softplus({ beta: 3 })), rows],
  ["", layer(new Softplus({ threshold: 2 })), rows.mul(5)],
  ["Clip", layer(new Sequential(new HardTanh({ min: -0.5, max: 0.3 }))), rows],
  ["PRelu", layer(new PReLU({ channels: 4 })), image],
  ["Elu", layer(new Sequential(new ELU({ alpha: 0.5 }))), rows],
  ["", (x) => F.elu(x, { alpha: 0.5 }), rows],
  ["", (x) => F.gelu(x, { approximate: "tanh" }), rows],
  ["", (x) => F.relu6(x.mul(5).to("int32")), rows],
  ["", (x) => F.maxPool1d(x.mul(5).to("int32"), 2), line],
  ["Gemm", (x) => F.linear(x, w(2, 6)), rows],
  ["Gemm", (x) => F.linear(x, w(2, 7), b(2)), image],
  ["Gemm", (x) => x.transpose(0, 1).matmul(x.mul(2)).add(b(6)), rows],
  ["", (x) => x.to("float64").sum({ axis: 1 }).reshape(-1, 1).div(6).to("float32"), rows],
  ["", (x) => x.to("float64").sum({ axis: 1 }).div(5).to("float32"), rows],
  ["Exp", (x) => one(shifted(x), (e) => e.div(e.sum({ axis: 0, keepDims: true }))), rows],
  ["MatMul", (x) => w(2, 3).matmul(w(3, 2)).add(w(2, 2, 2)).add(x.sum()), rows],
  ["Conv", (x) => F.conv2d(x, w(3, 4, 2, 2)).reshape(x.shape[0]!, -1), image],
  ["", (x) => x.sub(w(6)).mul(w(6).square().add(w(6)).rsqrt()), rows],
  ["MatMul", (x) => x.matmul(w(6, 2)).add(w(1, 2)), rows],
  ["LayerNormalization", (x) => F.layerNorm(x, 7, { weight: w(7) }), image],
  ["LayerNormalization", (x) => F.layerNorm(x, 6).add(b(1, 6)), rows],
  ["BatchNormalization", (x) => F.batchNorm(x, { runningMean: w(4), runningVar: w(4).square() }), line],
  ["", layer(hooked(new CELU())), rows],
  ["", layer(Object.assign(new CELU(), { forward: (x: Tensor) => x.mul(3) })), rows],
  ["", layer(new LocalResponseNorm(3)), image.mul(5).to("int32")],
  ["", layer(new PReLU({ channels: 4 })), line.to("float64")],
  ["", layer(new InstanceNorm(4, { affine: true })), line.to("float64")],
  ["", layer(new InstanceNorm(4, { affine: true, dtype: "float64" })), line],
  ["", layer(new LayerNorm(7, { eps: 0 })), constant],
  ["", layer(new GroupNorm(2, 4, { eps: 0 })), constant],
  ["", layer(new InstanceNorm(4, { eps: 1e-50 })), constant],
  ["Gather", (x) => x.indexSelect(1, x.slice(0, [0, 3]).gt(0).to("int32")), rows],
]; // prettier-ignore

/** A layer whose output a hook replaces. */
function hooked(module: Module): Module {
  module.registerForwardHook((_, __, y) => y.mul(2));
  return module;
}

const newer: typeof calls = [
  ["GroupNormalization", layer(new GroupNorm(2, 4, { eps: 0.1 })), image],
  ["GroupNormalization", layer(new GroupNorm(4, 4, { affine: false })), line],
  ["", layer(new GroupNorm(2, 4)), line.to("float64")],
  ["RMSNormalization", (x) => F.rmsNorm(x, [8, 7], { weight: w(8, 7), bias: b(8, 7), eps: 0.1 }), image],
  ["RMSNormalization", (x) => F.rmsNorm(x, 6), rows],
  ["", (x) => F.rmsNorm(x.sub(1), [8, 7], { eps: 0 }), constant],
  ["", layer(new GroupNorm(2, 4, { eps: 0 })), constant],
  ["Gelu", layer(new GELU({ approximate: "tanh" })), rows],
  ["Mish", layer(new Mish()), rows],
];

describe.each([
  [17, calls],
  [23, newer],
] as const)("calls in version %i", (opset, table) => {
  it.each(table)("with options: %s %#", async (operator, f, x) => {
    const want = f(x);
    const bytes = exportOnnx(f, [x], { opset });
    if (operator !== "") expect(operatorsOf(bytes).split(" ")).toContain(operator);
    const { run, release } = await loadIntoRuntime(bytes);
    const [got] = await run([x]);
    expect([got!.shape, got!.dtype]).toEqual([want.shape, want.dtype]);
    expectClose(got!, want, { rtol: 1e-5, atol: 1e-5 });
    await release();
  });
});

it("layers under hooks of all modules are what they are made of", async () => {
  const f = layer(new CELU({ alpha: 0.5 }));
  expect(operatorsOf(exportOnnx(f, [rows])).split(" ")).toContain("Celu");
  const handle = registerModuleForwardHook((_, __, y) => (y as Tensor).mul(2));
  const want = f(rows);
  const bytes = exportOnnx(f, [rows]);
  handle.remove();
  expect(operatorsOf(bytes).split(" ")).not.toContain("Celu");
  const { run, release } = await loadIntoRuntime(bytes);
  const [got] = await run([rows]);
  expectClose(got!, want, { rtol: 1e-5, atol: 1e-5 });
  await release();
});
