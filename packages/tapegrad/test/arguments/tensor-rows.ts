import { arange, distributions, Generator, ones, type Tensor, tensor } from "../../src/index.ts";
import type { Row, Rows } from "./rows.ts";

const x = (): Tensor => tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
const v = (): Tensor => tensor([1, 2]);
const truth = (): Tensor => tensor([true, false]);
const index = (): Tensor => tensor([0, 1], { dtype: "int32" });

/** Rows that differ in their names only. */
function each(names: string, row: Row): Rows {
  return Object.fromEntries(names.split(" ").map((name) => [`Tensor.${name}`, row]));
}

/** Methods of tensors. */
export const methodRows: Rows = {
  ...each(
    "neg abs sign exp expm1 log log1p log2 log10 sqrt rsqrt reciprocal square sin cos tan asin acos atan sinh cosh " +
      "tanh sigmoid erf erfc relu floor ceil trunc round logicalNot clone detach",
    ["", () => [x()]],
  ),
  ...each("add sub mul div pow maximum minimum remainder eq ne lt le gt ge", ["operand", () => [x(), v()]]),
  ...each("logicalAnd logicalOr", ["tensor", () => [truth(), truth()]]),
  ...each("sum prod max min mean variance std norm logSumExp argmax argmin all any softmax logSoftmax", [
    "options?",
    () => [x(), {}],
  ]),
  "Tensor.cumsum": ["options", () => [x(), { axis: 0 }]],
  "Tensor.to": ["word", () => [x(), "float64"]],
  "Tensor.clamp": ["operand? operand?", () => [x(), 0, 1]],
  "Tensor.item": ["", () => [tensor(1)]],
  "Tensor.toJSON": ["anything", () => [tensor(1), ""]],
  "Tensor.requiresGrad_": ["flag?", () => [tensor(1), true]],
  "Tensor.toString": ["...", () => [x()]],
  "Tensor.toArray": ["number?", () => [x(), 2]],
  "Tensor.extent": ["number", () => [x(), 1]],
  "Tensor.extents": ["number", () => [x(), 2]],
  "Tensor.backward": ["tensor? options?", () => [x().mul(2).sum(), tensor(1), {}]],
  "Tensor.registerHook": ["function", () => [x().requiresGrad_(), (): undefined => undefined]],
  "Tensor.registerPostAccumulateGradHook": ["function", () => [x().requiresGrad_(), (): undefined => undefined]],
  "Tensor.retainGrad": ["", () => [x().requiresGrad_().mul(2)]],
  "Tensor.reshape": ["someNumbers number...", () => [x(), 4, 1]],
  "Tensor.flatten": ["number? number?", () => [x(), 0, 1]],
  "Tensor.transpose": ["number? number?", () => [x(), 0, 1]],
  "Tensor.permute": ["numbers", () => [x(), [1, 0]]],
  "Tensor.squeeze": ["someNumbers?", () => [ones([1, 1]), [0, 1]]],
  "Tensor.unsqueeze": ["number", () => [x(), 0]],
  "Tensor.broadcastTo": ["numbers", () => [x(), [2, 2, 2]]],
  "Tensor.slice": ["someNumbers? someNumbers?...", () => [x(), 0, [0, 1]]],
  "Tensor.at": ["position? position?...", () => [x(), index(), [0, 1]]],
  "Tensor.flip": ["someNumbers?", () => [x(), [0]]],
  "Tensor.pad": ["numbers options?", () => [v(), [[1, 1]], {}]],
  "Tensor.roll": ["someNumbers someNumbers?", () => [x(), 1, 0]],
  "Tensor.gather": ["number tensor", () => [v(), 0, index()]],
  "Tensor.indexSelect": ["number tensor", () => [x(), 0, index()]],
  "Tensor.scatterAdd": ["number tensor tensor", () => [v(), 0, index(), v()]],
  "Tensor.maskedFill": ["tensor element", () => [v(), truth(), 0]],
  "Tensor.matmul": ["tensor", () => [x(), x()]],
};

const normal = (): distributions.Normal => new distributions.Normal(0, 1);

/** Distributions, with what may stand for a value of them. */
export const distributionRows: Rows = {
  "distributions.Normal": ["operand operand", () => [0, tensor([1, 2])]],
  "distributions.Uniform": ["operand operand", () => [0, tensor([1, 2])]],
  "distributions.Categorical": ["options", () => [{ logits: x() }]],
  "distributions.Bernoulli": ["options", () => [{ probs: tensor([0.5, 1]) }]],
  "distributions.klDivergence": ["distribution distribution", () => [normal(), normal()]],
  "distributions.Normal.logProb": ["operand", () => [normal(), 1]],
  "distributions.Normal.cdf": ["operand", () => [normal(), 1]],
  "distributions.Uniform.logProb": ["operand", () => [new distributions.Uniform(0, 1), 1]],
  "distributions.Uniform.cdf": ["operand", () => [new distributions.Uniform(0, 1), 1]],
  "distributions.Categorical.logProb": ["operand", () => [new distributions.Categorical({ logits: x() }), index()]],
  "distributions.Bernoulli.logProb": ["operand", () => [new distributions.Bernoulli({ logits: v() }), 1]],
  "distributions.Normal.sample": ["numbers? options?", () => [normal(), [2], {}]],
  "distributions.Normal.rsample": ["numbers? options?", () => [normal(), [2], {}]],
  "distributions.Normal.entropy": ["", () => [normal()]],
};

/** Functions that make, join and choose tensors. */
export const tensorRows: Rows = {
  tensor: ["data options?", () => [[1, 2], {}]],
  full: ["numbers element options?", () => [[2], 1, {}]],
  zeros: ["numbers options?", () => [[2], {}]],
  ones: ["numbers options?", () => [[2], {}]],
  zerosLike: ["tensor options?", () => [x(), {}]],
  onesLike: ["tensor options?", () => [x(), {}]],
  fullLike: ["tensor element options?", () => [x(), 1, {}]],
  arange: ["number number? number? options?", () => [0, 4, 2, {}]],
  linspace: ["number number number options?", () => [0, 1, 3, {}]],
  eye: ["number number? options?", () => [2, 3, {}]],
  rand: ["numbers options?", () => [[2], {}]],
  randn: ["numbers options?", () => [[2], {}]],
  randint: ["number number numbers options?", () => [0, 5, [2], {}]],
  randperm: ["number options?", () => [3, {}]],
  bernoulli: ["operand options?", () => [0.5, {}]],
  multinomial: ["tensor number options?", () => [v(), 2, {}]],
  categorical: ["tensor options?", () => [v(), {}]],
  manualSeed: ["number", () => [0]],
  defaultGenerator: ["", () => []],
  Generator: ["number", () => [1]],
  "Generator.bits": ["numbers number", () => [new Generator(1), [2], 8]],
  "Generator.stateDict": ["", () => [new Generator(1)]],
  "Generator.loadStateDict": ["state", () => [new Generator(1), new Generator(2).stateDict()]],
  assign: ["tensor tensor", () => [v(), v()]],
  assignAt: ["tensor operand position? position?...", () => [x(), 1, index(), [0, 1]]],
  cat: ["tensors number?", () => [[x(), x()], 0]],
  stack: ["tensors number?", () => [[x(), x()], 0]],
  split: ["tensor someNumbers number?", () => [x(), [1, 1], 0]],
  chunk: ["tensor number number?", () => [x(), 2, 0]],
  dot: ["tensor tensor", () => [v(), v()]],
  outer: ["tensor tensor", () => [v(), v()]],
  einsum: ["word tensor tensor...", () => ["ij,jk->ik", x(), x()]],
  where: ["tensor operand operand", () => [truth(), v(), 0]],
  oneHot: ["tensor number options?", () => [index(), 2, {}]],
  nonzero: ["tensor", () => [x()]],
  tril: ["tensor number?", () => [x(), 0]],
  triu: ["tensor number?", () => [x(), 0]],
  sort: ["tensor options?", () => [v(), {}]],
  topk: ["tensor number options?", () => [arange(3), 2, {}]],
};
