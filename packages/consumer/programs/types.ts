// What the types know: tuples, words, presets, ranks, modules and parameters.
import {
  checkpoint,
  compile,
  type DType,
  grad,
  gradcheck,
  jvp,
  nn,
  ones,
  optim,
  ShapeError,
  split,
  stack,
  tensor,
  type Tensor,
  vjp,
  zeros,
} from "tapegrad";

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

function expectError(run: () => unknown, type: abstract new (...args: never) => Error): void {
  try {
    run();
  } catch (error) {
    if (error instanceof type) return;
    throw error;
  }
  throw new Error(`expected ${type.name}`);
}

// Gradients: a tuple for a tuple, a list for whatever else can be walked through.
const x = tensor([1, 2], { requiresGrad: true });
const w = tensor([3, 4], { requiresGrad: true });
const dot = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum();
const [dx, dw] = grad(dot(x, w), [x, w]);
expect(dx.sub(w).abs().sum().item() + dw.sub(x).abs().sum().item() === 0, "gradients of a product");
const [value, pullback] = vjp(dot, x, w);
const [px, pw]: [Tensor, Tensor] = pullback();
expect(value.item() === 11 && px.size === pw.size, "vjp to know its inputs");
// @ts-expect-error
expectError(() => vjp(dot, x), Error);
const [, tangent] = jvp(dot, [x, w], [w, x]);
expect(tangent.item() === 30, "jvp to take a tangent for each input");
// @ts-expect-error
expectError(() => jvp(dot, [x, w], [w]), ShapeError);
const [first, second] = checkpoint((a, b) => [a.mul(2), b.mul(3)], x, w);
expect(first.requiresGrad && second.requiresGrad, "checkpoint to keep a pair");
const [head, tail] = split(x, [1, 1]);
expect(head.item() === 1 && tail.item() === 2, "split to give a pair");

const both = compile((a: Tensor, b: Tensor) => [a.add(b), a.mul(b)]);
const [sum, product] = both(x, w);
expect(sum.size === product.size, "a compiled function to give a pair");

const model = new nn.Sequential(new nn.Dense(2, 3), new nn.Tanh(), new nn.Dense(3, 1));
const gradients: Tensor[] = grad(model.forward(ones([1, 2])).sum(), model.parameters());
expect(gradients.length === 4, "a gradient for each parameter");
const named = new Map(model.namedParameters());
expect(grad(model.forward(ones([1, 2])).sum(), named.values()).length === 4, "any iterable to be taken");
expect(grad(dot(x, w), new Set([x, w])).length === 2 && stack(new Set([x, w])).ndim === 2, "a set to be taken");
expect(gradcheck((t) => t.square(), [ones([2], { dtype: "float64" })]).passed, "gradcheck to pass");

// Words are literal types; strings that are known at run time only are looked up first.
expectError(() => new nn.DenseLayerNorm(2, 3, { activation: "rleu" as "relu" }), Error);
// @ts-expect-error
expectError(() => new nn.DenseLayerNorm(2, 3, { activation: "rleu" }), Error);
// @ts-expect-error
expectError(() => new nn.TransformerEncoderLayer(2, 1, { activation: "rleu" }), Error);
// @ts-expect-error
expectError(() => new nn.Activation("rleu"), Error);
// @ts-expect-error
expectError(() => new nn.Dense(2, 3, { init: "xavierUnifrom" }), Error);
// @ts-expect-error
expectError(() => new nn.CrossEntropyLoss({ reduction: "avg" }), Error);
// @ts-expect-error
expectError(() => new nn.Conv2d(1, 1, 3, { paddingMode: "mirror" }), Error);
// @ts-expect-error
expectError(() => new nn.RNN(1, 1, { activation: "rleu" }), Error);
// @ts-expect-error
expectError(() => zeros([2], { dtype: "float16" }), Error);
// @ts-expect-error
expectError(() => x.pad([[1, 1]], { mode: "wrap" }), Error);
// @ts-expect-error
expectError(() => nn.init.kaimingNormal(zeros([2, 2]), { mode: "fan_in" }), Error);
// @ts-expect-error
expectError(() => new optim.ReduceLROnPlateau(new optim.SGD([x], { lr: 1 }), { mode: "lowest" }), Error);
// @ts-expect-error
expectError(() => compile(dot, { threads: "all" }), Error);
const configured: string = JSON.parse('"leaky_relu"') as string;
const activation = nn.functional.resolveActivation(configured);
expect(new nn.DenseLayerNorm(2, 3, { activation }).forward(ones([1, 2])).extent(1) === 3, "a word to be looked up");
const dtype: DType = "float64";
expect(zeros([1], { dtype }).dtype === dtype, "dtypes to have a type");

// Presets fit their layer, whole or spread.
new nn.BatchNorm(2, { ...nn.presets.keras.batchNorm, affine: false });
new nn.LayerNorm(2, nn.presets.keras.layerNorm);
// @ts-expect-error
expectError(() => new nn.LayerNorm(2, { ...nn.presets.keras.batchNorm, bias: false }), Error);
// @ts-expect-error
expectError(() => nn.functional.layerNorm(ones([1, 2]), 2, { ...nn.presets.keras.batchNorm }), Error);

// Shapes and ranks.
const batch = zeros([8, 5, 3]);
const [n, time, features] = batch.extents(3);
expect(n * time * features === batch.size && batch.extent(-1) === features, "extents to be numbers");
expectError(() => batch.extents(2), ShapeError);
expectError(() => batch.extent(3), ShapeError);
const rows: number[][] = ones([2, 2]).toArray(2);
expect(
  rows.every((row) => row.length === 2),
  "nested arrays of a rank",
);
expectError(() => ones([2]).toArray(2), ShapeError);
// @ts-expect-error
const wrong: number[] = ones([2, 2]).toArray(2);
expect(wrong.length === 2, "an array");

// Any module, and modules from a tensor to a tensor.
function count(module: nn.AnyModule): number {
  return module.parameters().reduce((total, { size }) => total + size, 0);
}
function widthOf(module: nn.Module, input: Tensor): number {
  return module.forward(input).extent(-1);
}
class Pair extends nn.Module<[a: Tensor, b: Tensor], [Tensor, Tensor]> {
  layer = new nn.Dense(2, 2);
  override forward(a: Tensor, b: Tensor): [Tensor, Tensor] {
    return [this.layer.forward(a), this.layer.forward(b)];
  }
}
const everything: nn.AnyModule[] = [
  model,
  new Pair(),
  new nn.LSTM(2, 3),
  new nn.GRUCell(2, 3),
  new nn.MultiHeadAttention(4, 2),
  new nn.Embedding(3, 2),
  new nn.CrossEntropyLoss(),
  new nn.ModuleList([new nn.Dense(1, 1)]),
  new nn.BatchNorm(2),
];
expect(everything.every((module) => count(module) >= 0) && count(new Pair()) === 6, "every module to be counted");
expect(widthOf(model, ones([1, 2])) === 1 && widthOf(new nn.LayerNorm(2), ones([1, 2])) === 2, "layers to be called");
// @ts-expect-error
expectError(() => widthOf(new nn.LSTM(2, 3), ones([1, 1, 2])), TypeError);

// Tied weights: one parameter, in both modes of running.
class Tied extends nn.Module {
  tokens = new nn.Embedding(5, 3);
  head = new nn.Dense(3, 5, { bias: false });
  constructor() {
    super();
    this.head.weight = this.tokens.weight;
  }
  override forward(index: Tensor): Tensor {
    return this.head.forward(this.tokens.forward(index));
  }
}
const tied = new Tied();
const index = tensor([0, 3], { dtype: "int32" });
const optimizer = new optim.SGD(tied.parameters(), { lr: 0.1 });
const step = compile((input: Tensor, target: Tensor) => {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(tied.forward(input), target);
  loss.backward();
  optimizer.step();
  return loss;
});
const losses = [step(index, index).item(), step(index, index).item()] as const;
expect(losses[1] < losses[0] && tied.parameters().length === 1, "a tied weight to train");
expect(Object.keys(tied.stateDict()).join() === "tokens.weight,head.weight", "two keys");
// @ts-expect-error
tied.head.weight = zeros([5, 3]);

// What the engine calls is out of sight.
// @ts-expect-error
expect(typeof x.run === "function", "a method of the engine");
