import { functional as f, metrics } from "@tapegrad/nn";
import { clipGradNorm } from "@tapegrad/optim";
import {
  bernoulli,
  categorical,
  distributions,
  Generator,
  multinomial,
  oneHot,
  tensor,
  type Tensor,
  zeros,
} from "@tapegrad/tensor";
import { labelRows } from "./label-rows.ts";
import { positionRows } from "./position-rows.ts";
import { probabilityRows } from "./probability-rows.ts";

/** A function that checks elements, with tensors that it takes and others that it refuses. */
export interface CheckRow {
  /** The source of the function, below `packages`. */
  readonly file: string;
  readonly title: string;
  /** Of the first tensor, which is differentiated by if it is a float, and of the others. */
  readonly fn: (...tensors: Tensor[]) => Tensor;
  readonly good: readonly Tensor[];
  /** What takes the place of a good tensor, and the error that eager gives. */
  readonly bad: readonly (readonly [at: number, elements: Tensor, message: string])[];
}

const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });
const probabilities = tensor([0.25, 0.5, 1, 0]);
const target = tensor([1, 0, 1, 0]);
const signs = tensor([1, -1, 1, -1]);
const logits = tensor([[0.5, 1, -1], [2, 0, 0.25], [1, 1, 1], [0, -1, 3]]); // prettier-ignore
const classes = ints(0, 2, 1, 1);
const numbers = tensor([0.5, -1, 2, 1.5]);
const wide = zeros([4, 300]).add(tensor([[1], [2], [3], [4]]));
const oneHotRows = tensor([[1, 0, 0], [0, 0, 1]]); // prettier-ignore
const generator = new Generator(5);
const { Bernoulli, Categorical, Normal, Uniform } = distributions;
const loss = (name: string): string => `nn/src/losses/${name}.ts`;
const badSigns = (fn: string, at: number): CheckRow["bad"] => [
  [at, tensor([1, 0, 2, -1]), `${fn}: expected targets 1 or -1, got 0.`],
  [at, tensor([1, 1, 1, NaN]), `${fn}: expected targets 1 or -1, got NaN.`],
];

/** Every check of elements in the house. */
export const checkRows: readonly CheckRow[] = [
  {
    file: loss("binary-cross-entropy"),
    title: "binaryCrossEntropy",
    fn: (x, t) => f.binaryCrossEntropy(x, t),
    good: [probabilities, target],
    bad: [
      [0, tensor([0.25, 1.5, -1, 0]), "binaryCrossEntropy: expected input in [0, 1], got 1.5."],
      [0, tensor([0.25, 0.5, -1, 7]), "binaryCrossEntropy: expected input in [0, 1], got -1."],
      [1, tensor([1, 0, NaN, 0]), "binaryCrossEntropy: expected target to be numbers, got NaN."],
    ],
  },
  ...probabilityRows,
  ...positionRows,
  ...labelRows,
  {
    file: loss("gaussian-nll-loss"),
    title: "gaussianNllLoss",
    fn: (x, t, v) => f.gaussianNllLoss(x, t, v),
    good: [numbers, target, tensor([1, 0, 2, 0.5])],
    bad: [[2, tensor([1, 0, -0.5, -2]), "gaussianNllLoss: expected variances ≥ 0, got -0.5."]],
  },
  {
    file: loss("class-targets"),
    title: "crossEntropy of class indices",
    fn: (x, t) => f.crossEntropy(x, t),
    good: [logits, classes],
    bad: [
      [1, ints(0, 3, 5, 1), "crossEntropy: expected class indices in [0, 3), got 3."],
      [1, ints(0, 1, 1, -1), "crossEntropy: expected class indices in [0, 3), got -1."],
    ],
  },
  {
    file: loss("class-targets"),
    title: "crossEntropy with weights and targets that do not count",
    fn: (x, t) => f.crossEntropy(x, t, { weight: tensor([1, 2, 0.5]), labelSmoothing: 0.1, ignoreIndex: -7 }),
    good: [logits, ints(0, -7, 1, 2)],
    bad: [[1, ints(-7, -7, -100, 1), "crossEntropy: expected class indices in [0, 3), got -100."]],
  },
  {
    file: loss("class-targets"),
    title: "nllLoss of many classes",
    fn: (x, t) => f.nllLoss(x, t),
    good: [wide, ints(0, 299, 7, -100)],
    bad: [[1, ints(0, 299, 300, 301), "nllLoss: expected class indices in [0, 300), got 300."]],
  },
  {
    file: loss("cross-entropy"),
    title: "crossEntropy of class probabilities",
    fn: (x, t) => f.crossEntropy(x, t),
    good: [logits, logits.softmax({ axis: 1 })],
    bad: [[1, zeros([4, 3]).add(NaN), "crossEntropy: expected class probabilities, got NaN."]],
  },
  {
    file: loss("hinge-embedding-loss"),
    title: "hingeEmbeddingLoss",
    fn: (x, t) => f.hingeEmbeddingLoss(x, t),
    good: [numbers, signs],
    bad: badSigns("hingeEmbeddingLoss", 1),
  },
  {
    file: loss("margin-ranking-loss"),
    title: "marginRankingLoss",
    fn: (a, b, t) => f.marginRankingLoss(a, b, t),
    good: [numbers, probabilities, signs],
    bad: badSigns("marginRankingLoss", 2),
  },
  {
    file: loss("cosine-embedding-loss"),
    title: "cosineEmbeddingLoss",
    fn: (a, b, t) => f.cosineEmbeddingLoss(a, b, t),
    good: [logits, logits.flip(0), signs],
    bad: badSigns("cosineEmbeddingLoss", 2),
  },
  {
    file: "nn/src/embedding/look-up.ts",
    title: "embedding",
    fn: (weight, index) => f.embedding(index, weight, { paddingIndex: 1 }),
    good: [wide, ints(0, 3, 3)],
    bad: [
      [1, ints(0, 4, 9), "embedding: expected indices in [0, 4), got 4."],
      [1, ints(0, 3, -2), "embedding: expected indices in [0, 4), got -2."],
    ],
  },
  {
    file: "tensor/src/tensor/movement-methods.ts",
    title: "gather from a short axis",
    fn: (x, index) => x.gather(1, index),
    good: [logits, ints(0, 1, 2, 0).reshape([4, 1])],
    bad: [[1, ints(0, 1, 3, 4).reshape([4, 1]), "gather: expected indices in [0, 3) for axis 1, got 3."]],
  },
  {
    file: "tensor/src/tensor/movement-methods.ts",
    title: "gather from a long axis",
    fn: (x, index) => x.gather(1, index),
    good: [wide, ints(0, 1, 299, 0).reshape([4, 1])],
    bad: [[1, ints(0, 1, 2, -300).reshape([4, 1]), "gather: expected indices in [0, 300) for axis 1, got -300."]],
  },
  {
    file: "tensor/src/tensor/movement-methods.ts",
    title: "indexSelect",
    fn: (x, index) => x.indexSelect(-1, index),
    good: [logits, ints(0, 1, 2, 0, 0)],
    bad: [[1, ints(2, 2, 2, 2, 3), "indexSelect: expected indices in [0, 3) for axis 1, got 3."]],
  },
  {
    file: "tensor/src/tensor/movement-methods.ts",
    title: "scatterAdd",
    fn: (x, index) => x.scatterAdd(0, index, zeros([4]).add(1)),
    good: [numbers, ints(0, 0, 3, 1)],
    bad: [[1, ints(0, 2 ** 31 - 1, -1, 0), "scatterAdd: expected indices in [0, 4) for axis 0, got 2147483647."]],
  },
  {
    file: "nn/src/metrics/accuracy.ts",
    title: "accuracy",
    fn: (x, t) => metrics.accuracy(x, t, { topK: 2, ignoreIndex: -1 }),
    good: [logits, ints(0, 2, -1, 1)],
    bad: [[1, ints(0, 2, -1, 3), "accuracy: expected classes in [0, 3), got 3."]],
  },
  {
    file: "tensor/src/tensor/at.ts",
    title: "at of two positions",
    fn: (x, i, j) => x.at(i, j),
    good: [logits, ints(0, -4, 3), ints(0, -3, 2)],
    bad: [
      [1, ints(0, 1, 4), "at: expected indices in [-4, 4) for axis 0, got 4."],
      [2, ints(0, -4, 3), "at: expected indices in [-3, 3) for axis 1, got -4."],
    ],
  },
  {
    file: "tensor/src/functions/selection.ts",
    title: "oneHot",
    fn: (index) => oneHot(index, 3),
    good: [classes],
    bad: [[0, ints(0, 1, 5, 3), "oneHot: expected indices in [0, 3), got 5."]],
  },
  {
    file: "tensor/src/random/distributions.ts",
    title: "bernoulli",
    fn: (p) => bernoulli(p, { generator }),
    good: [target],
    bad: [
      [0, tensor([0.5, 1, 1.25, -1]), "bernoulli: expected probability in [0, 1], got 1.25."],
      [0, tensor([0.5, 1, NaN, -1]), "bernoulli: expected probability in [0, 1], got NaN."],
    ],
  },
  {
    file: "tensor/src/random/draw-by-weight.ts",
    title: "multinomial with replacement",
    fn: (p) => multinomial(p, 3, { replacement: true, generator }).sum(),
    good: [oneHotRows],
    bad: [
      [0, oneHotRows.sub(1), "multinomial: expected probabilities to be finite and ≥ 0, got -1."],
      [0, oneHotRows.mul(NaN), "multinomial: expected probabilities to be finite and ≥ 0, got NaN."],
      [0, oneHotRows.div(0), "multinomial: expected probabilities to be finite and ≥ 0, got Infinity."],
      [0, oneHotRows.mul(tensor([[1], [0]])), "multinomial: expected probabilities with a finite sum > 0 in each row, got 0."], // prettier-ignore
    ],
  },
  {
    file: "tensor/src/random/multinomial.ts",
    title: "multinomial without replacement",
    fn: (p) => multinomial(p, 3, { generator }).sum(),
    good: [oneHotRows.add(1)],
    bad: [[0, oneHotRows, "multinomial: expected at least 3 probabilities > 0 in each row to draw as many without replacement, got 1."]], // prettier-ignore
  },
  {
    file: "tensor/src/random/draw-by-weight.ts",
    title: "categorical",
    fn: (x) => categorical(x, { generator }),
    good: [oneHotRows.log()],
    bad: [
      [
        0,
        oneHotRows.mul(0).log(),
        "categorical: expected logits with a finite largest one in each row, got -Infinity.",
      ],
      [0, oneHotRows.mul(NaN), "categorical: expected logits with a finite largest one in each row, got NaN."],
    ],
  },
  {
    file: "tensor/src/distributions/categorical.ts",
    title: "Categorical.logProb",
    fn: (x, k) => new Categorical({ logits: x }).logProb(k),
    good: [logits, classes],
    bad: [
      [0, logits.div(0), "Categorical: expected logits with a finite largest one in each row, got Infinity."],
      [1, ints(0, 2, 3, 1), "Categorical.logProb: expected classes in [0, 3), got 3."],
    ],
  },
  {
    file: "tensor/src/distributions/bernoulli.ts",
    title: "Bernoulli of logits",
    fn: (x, k) => new Bernoulli({ logits: x }).logProb(k),
    good: [numbers, target],
    bad: [
      [0, numbers.mul(Infinity), "Bernoulli: expected logits to be finite, got Infinity."],
      [1, probabilities, "Bernoulli.logProb: expected values 0 or 1, got 0.25."],
    ],
  },
  {
    file: "tensor/src/distributions/bernoulli.ts",
    title: "Bernoulli of probabilities",
    fn: (p) => new Bernoulli({ probs: p }).entropy(),
    good: [probabilities],
    bad: [[0, probabilities.add(1), "Bernoulli: expected probs in [0, 1], got 1.25."]],
  },
  {
    file: "tensor/src/distributions/normal.ts",
    title: "Normal",
    fn: (loc, scale) => new Normal(loc, scale).logProb(1),
    good: [numbers, tensor([1, 2, 0.5, 1])],
    bad: [
      [0, numbers.mul(NaN), "Normal: expected loc to be numbers, got NaN."],
      [1, target, "Normal: expected scale to be finite and > 0, got 0."],
      [1, target.sub(0.5), "Normal: expected scale to be finite and > 0, got -0.5."],
    ],
  },
  {
    file: "tensor/src/distributions/uniform.ts",
    title: "Uniform",
    fn: (low, high) => new Uniform(low, high).entropy(),
    good: [numbers, numbers.add(2)],
    bad: [[1, numbers, "Uniform: expected high − low to be finite and > 0, got 0."]],
  },
  {
    file: "tensor/src/tensor/arithmetic-methods.ts",
    title: "pow of int32",
    fn: (x, exponent) => x.pow(exponent),
    good: [ints(2, 3, -1, 0), ints(0, 3, 5, 1)],
    bad: [
      [
        1,
        ints(0, 3, -1, -2),
        'pow: expected exponents of int32 to be ≥ 0, got -1. Convert the base with to("float32") first.',
      ],
    ],
  },
  {
    file: "optim/src/clipping/clip-grad-norm.ts",
    title: "clipGradNorm",
    fn: (x) => {
      const w = x.detach().requiresGrad_();
      w.square().sum().backward();
      return clipGradNorm([w], 1, { errorIfNonfinite: true });
    },
    good: [numbers],
    bad: [
      [0, tensor([1, NaN, 1, 2]), "clipGradNorm: expected gradients of finite norm, got NaN."],
      [0, tensor([1, Infinity, 1, 2]), "clipGradNorm: expected gradients of finite norm, got Infinity."],
    ],
  },
];
