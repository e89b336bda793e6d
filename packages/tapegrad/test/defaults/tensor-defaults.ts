import { absent, type DefaultRow, type DefaultTable, only, required, unset } from "./default-table.ts";

const axis: DefaultRow = [unset, unset, unset];
const keepDims: DefaultRow = [false, false, false];
const reduction = { axis, keepDims };
const requiresGrad: DefaultRow = [false, false, absent];
const creation = { dtype: [unset, unset, unset], requiresGrad } as const;
const random = {
  dtype: ["float32", "float32", "float32"],
  generator: [unset, unset, unset],
  requiresGrad,
} as const;
const generator: DefaultRow = [unset, unset, unset];
/** Of what Keras does not have. */
const drawn: DefaultRow = [unset, unset, absent];
const reductions = (torch: string, keras: string) => ({ torch, keras, options: reduction });

/** Tensors, the tape and the compiler. */
export const tensorDefaults: DefaultTable = {
  "Tensor.sum": reductions("sum", "ops.sum"),
  "Tensor.prod": reductions("prod", "ops.prod"),
  "Tensor.max": reductions("amax", "ops.max"),
  "Tensor.min": reductions("amin", "ops.min"),
  "Tensor.mean": reductions("mean", "ops.mean"),
  "Tensor.all": reductions("all", "ops.all"),
  "Tensor.any": reductions("any", "ops.any"),
  "Tensor.argmax": reductions("argmax", "ops.argmax"),
  "Tensor.argmin": reductions("argmin", "ops.argmin"),
  "Tensor.logSumExp": {
    torch: "logsumexp",
    keras: "ops.logsumexp",
    options: { axis: [unset, required, unset], keepDims },
  },
  "Tensor.variance": { torch: "var", keras: "ops.var", options: { ...reduction, correction: [1, 1, 0] } },
  "Tensor.std": { torch: "std", keras: "ops.std", options: { ...reduction, correction: [1, 1, 0] } },
  "Tensor.norm": { torch: "linalg.vector_norm", keras: "ops.norm", options: { ...reduction, p: [2, 2, unset] } },
  "Tensor.softmax": { torch: "softmax", keras: "ops.softmax", options: { axis: [-1, required, -1] } },
  "Tensor.logSoftmax": { torch: "log_softmax", keras: "ops.log_softmax", options: { axis: [-1, required, -1] } },
  "Tensor.cumsum": { torch: "cumsum", keras: "ops.cumsum", options: { axis: [required, required, unset] } },
  "Tensor.pad": {
    torch: "nn.functional.pad",
    keras: "ops.pad",
    options: { mode: ["constant", "constant", "constant"], value: [0, 0, 0] },
  },
  "Tensor.backward": {
    torch: "Tensor.backward",
    options: {
      retainGraph: [unset, unset, absent],
      createGraph: [false, false, absent],
      inputs: [unset, unset, absent],
    },
  },
  "Tensor.requiresGrad_": { torch: "Tensor.requires_grad_", options: { "(flag)": [true, true, absent] } },
  "Tensor.flatten": { torch: "flatten", options: { "(start)": [0, 0, absent], "(end)": [-1, -1, absent] } },
  "Tensor.toArray": { torch: "Tensor.tolist", options: only({ "(rank)": unset }) },
  "Tensor.transpose": { torch: "transpose", options: { "(a)": [-2, required, absent], "(b)": [-1, required, absent] } },

  tensor: { torch: "tensor", keras: "ops.convert_to_tensor", options: { shape: [unset, absent, absent], ...creation } },
  full: { torch: "full", keras: "ops.full", options: creation },
  zeros: { torch: "zeros", keras: "ops.zeros", options: creation },
  ones: { torch: "ones", keras: "ops.ones", options: creation },
  zerosLike: { torch: "zeros_like", keras: "ops.zeros_like", options: creation },
  onesLike: { torch: "ones_like", keras: "ops.ones_like", options: creation },
  fullLike: { torch: "full_like", keras: "ops.full_like", options: creation },
  arange: { torch: "arange", keras: "ops.arange", options: { "(step)": [1, 1, unset], ...creation } },
  linspace: { torch: "linspace", keras: "ops.linspace", options: creation },
  eye: { torch: "eye", keras: "ops.eye", options: { "(columns)": [unset, unset, unset], ...creation } },
  rand: { torch: "rand", keras: "random.uniform", options: random },
  randn: { torch: "randn", keras: "random.normal", options: random },
  randint: { torch: "randint", keras: "random.randint", options: { generator } },
  randperm: { torch: "randperm", options: { generator: drawn } },
  bernoulli: {
    torch: "bernoulli",
    options: { shape: [unset, absent, absent], dtype: [unset, unset, absent], generator: drawn, requiresGrad },
  },
  multinomial: {
    torch: "multinomial",
    options: { replacement: [false, false, absent], generator: [unset, unset, absent] },
  },
  categorical: {
    keras: "random.categorical",
    options: { shape: [[], absent, absent], generator: [unset, absent, unset] },
  },
  "distributions.Normal.sample": {
    torch: "distributions.Normal.sample",
    options: { "(shape)": [[], [], absent], generator: [unset, absent, absent] },
  },
  "distributions.Normal.rsample": {
    torch: "distributions.Normal.rsample",
    options: { "(shape)": [[], [], absent], generator: [unset, absent, absent] },
  },
  "distributions.Categorical": {
    torch: "distributions.Categorical",
    options: { logits: [unset, unset, absent], probs: [unset, unset, absent] },
  },
  "distributions.Bernoulli": {
    torch: "distributions.Bernoulli",
    options: { logits: [unset, unset, absent], probs: [unset, unset, absent] },
  },
  oneHot: { torch: "nn.functional.one_hot", keras: "ops.one_hot", options: { dtype: ["float32", absent, "float32"] } },
  sort: { torch: "sort", keras: "ops.sort", options: { axis: [-1, -1, -1], descending: [false, false, absent] } },
  topk: { torch: "topk", keras: "ops.top_k", options: { axis: [-1, -1, absent], largest: [true, true, absent] } },
  cat: { torch: "cat", keras: "ops.concatenate", options: { "(axis)": [0, 0, 0] } },
  stack: { torch: "stack", keras: "ops.stack", options: { "(axis)": [0, 0, 0] } },
  split: { torch: "split", keras: "ops.split", options: { "(axis)": [0, 0, 0] } },
  chunk: { torch: "chunk", options: { "(axis)": [0, 0, absent] } },
  tril: { torch: "tril", keras: "ops.tril", options: { "(diagonal)": [0, 0, 0] } },
  triu: { torch: "triu", keras: "ops.triu", options: { "(diagonal)": [0, 0, 0] } },

  grad: {
    torch: "autograd.grad",
    options: {
      cotangent: [unset, unset, absent],
      retainGraph: [unset, unset, absent],
      createGraph: [false, false, absent],
      allowUnused: [false, false, absent],
    },
  },
  gradcheck: {
    torch: "autograd.gradcheck",
    options: {
      ...only({ order: 1, seed: 0 }),
      eps: [1e-3, 1e-6, absent, "differences of fourth order, which are 10,000 times as exact"],
      rtol: [1e-7, 1e-3, absent, "differences of fourth order, which are 10,000 times as exact"],
      atol: [1e-9, 1e-5, absent, "differences of fourth order; relative to the largest entry of the gradient"],
      throws: [true, true, absent],
      nondetTol: [0, 0, absent],
    },
  },
  gradgradcheck: {
    torch: "autograd.gradgradcheck",
    options: {
      ...only({ seed: 0 }),
      eps: [1e-3, 1e-6, absent, "differences of fourth order, which are 10,000 times as exact"],
      rtol: [1e-7, 1e-3, absent, "differences of fourth order, which are 10,000 times as exact"],
      atol: [1e-9, 1e-5, absent, "differences of fourth order; relative to the largest entry of the gradient"],
      throws: [true, true, absent],
      nondetTol: [0, 0, absent],
    },
  },
  defineFunction: { options: only({ name: required, forward: required, backward: required }) },
  compile: { options: only({ deterministic: false, threads: "auto" }) },
  exportWasm: { options: only({ state: unset }) },
};
