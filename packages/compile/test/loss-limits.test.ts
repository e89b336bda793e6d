import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  crossEntropy,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDivLoss,
  l1Loss,
  marginRankingLoss,
  mseLoss,
  nllLoss,
  poissonNllLoss,
  smoothL1Loss,
} = functional;

type Numbers = number | readonly Numbers[];
const [inf, nan, half] = [Infinity, NaN, 0.5];
const none = { reduction: "none" } as const;
const sum = { reduction: "sum" } as const;
const double = (values: Numbers): Tensor => tensor(values as number[], { dtype: "float64" });
const ints = (values: Numbers): Tensor => tensor(values as number[], { dtype: "int32" });
const log = Math.log;
const ln2 = Math.LN2;

/** A loss, where 0 meets ∞: its values, and the gradient of their sum by the input, by the mathematical limit. */
interface Row {
  readonly name: string;
  readonly loss: (x: Tensor) => Tensor;
  readonly at: Numbers;
  readonly values: Numbers;
  readonly slopes: Numbers;
}

const row = (name: string, loss: Row["loss"], at: Numbers, values: Numbers, slopes: Numbers): Row =>
  ({ name, loss, at, values, slopes }); // prettier-ignore

const rows: readonly Row[] = [
  row("klDivLoss, probability 0", (x) => klDivLoss(x, double([0, 1, 0.5, 0]), none), [-inf, 0, -inf, -3], [0, 0, inf, 0], [0, -1, -half, 0]),
  row("klDivLoss, log-probability −∞", (x) => klDivLoss(x, double([-inf, 0, log(half), -inf, -1e4]), { logTarget: true, ...none }), [-inf, 0, -inf, -3, -inf], [0, 0, inf, 0, 0], [0, -1, -half, 0, 0]),
  row("klDivLoss by a log-target of −∞", (t) => klDivLoss(double([-inf, -1, 0]), t, { logTarget: true, ...none }), [-inf, -inf, 0], [0, 0, 0], [0, 0, 1]),
  row("klDivLoss keeps NaN", (x) => klDivLoss(x, double([0, 1]), none), [nan, -1], [nan, 1], [0, -1]),
  row("crossEntropy, ignored rows of NaN", (x) => crossEntropy(x, ints([0, -100, -100]), none), [[0, 0], [nan, 0], [inf, -inf]], [ln2, 0, 0], [[-half, half], [0, 0], [0, 0]]),
  row("crossEntropy, ignored and smoothed", (x) => crossEntropy(x, ints([0, -100]), { labelSmoothing: 0.2, ...none }), [[0, 0], [nan, 0]], [ln2, 0], [[-0.4, 0.4], [0, 0]]),
  row("crossEntropy, ignored and weighted", (x) => crossEntropy(x, ints([0, -100]), { weight: double([2, 3]) }), [[0, 0], [nan, nan]], ln2, [[-half, half], [0, 0]]),
  row("crossEntropy, a class of weight 0", (x) => crossEntropy(x, ints([1, 0, 0]), { weight: double([0, 1]), ...sum }), [[0, 0], [-inf, 0], [nan, 0]], ln2, [[half, -half], [0, 0], [0, 0]]),
  row("crossEntropy, the mean over weights of 0", (x) => crossEntropy(x, ints([1, 0]), { weight: double([0, 4]) }), [[0, 0], [nan, 0]], ln2, [[half, -half], [0, 0]]),
  row("crossEntropy, a target ruled out", (x) => crossEntropy(x, ints([1]), none), [[0, -inf]], [inf], [[1, -1]]),
  row("crossEntropy, smoothing a class that is ruled out", (x) => crossEntropy(x, ints([0]), { labelSmoothing: 0.1, ...none }), [[0, -inf]], [inf], [[0.05, -0.05]]),
  row("crossEntropy, smoothing one of weight 0", (x) => crossEntropy(x, ints([0]), { labelSmoothing: 0.5, weight: double([1, 0]), ...none }), [[0, -inf]], [0], [[0, 0]]),
  row("crossEntropy, smoothing all", (x) => crossEntropy(x, ints([1]), { labelSmoothing: 1, ...none }), [[0, -inf]], [inf], [[half, -half]]),
  row("probabilities, ruled out and not wanted", (x) => crossEntropy(x, double([[1, 0]]), none), [[0, -inf]], [0], [[0, 0]]),
  row("probabilities, ruled out and wanted", (x) => crossEntropy(x, double([[half, half]]), none), [[0, -inf]], [inf], [[half, -half]]),
  row("probabilities, smoothed", (x) => crossEntropy(x, double([[1, 0]]), { labelSmoothing: 0.1, ...none }), [[0, -inf]], [inf], [[0.05, -0.05]]),
  row("probabilities, smoothed with weight 0", (x) => crossEntropy(x, double([[1, 0]]), { labelSmoothing: 0.5, weight: double([1, 0]), ...none }), [[0, -inf]], [0], [[0, 0]]),
  row("probabilities, a row of zeros", (x) => crossEntropy(x, double([[half, half], [0, 0]]), sum), [[0, 0], [nan, 0]], ln2, [[0, 0], [0, 0]]),
  row("nllLoss, −∞ beside the target", (x) => nllLoss(x, ints([0, -100]), none), [[-1, -inf], [-inf, nan]], [1, 0], [[-1, 0], [0, 0]]),
  row("nllLoss, −∞ at the target", (x) => nllLoss(x, ints([1]), none), [[-1, -inf]], [inf], [[0, -1]]),
  row("nllLoss, weight 0", (x) => nllLoss(x, ints([1, 1, 0]), { weight: double([2, 0]), ...none }), [[-1, -inf], [-1, nan], [-1, -inf]], [0, 0, 2], [[0, 0], [0, 0], [-2, 0]]),
  row("binaryCrossEntropy at 0 and 1", (x) => binaryCrossEntropy(x, double([0, 1, 1, 0]), none), [0, 1, 0, 1], [0, 0, 100, 100], [0, 0, -1 / Math.fround(1e-12), 1 / Math.fround(1e-12)]),
  row("binaryCrossEntropy, weight 0", (x) => binaryCrossEntropy(x, double([1, 1]), { weight: double([0, 1]), ...none }), [nan, half], [0, ln2], [0, -2]),
  row("logits of ±∞", (x) => binaryCrossEntropyWithLogits(x, double([1, 0, 1, 0, half, half]), none), [inf, -inf, -inf, inf, inf, -inf], [0, 0, inf, inf, inf, inf], [0, 0, -1, 1, half, -half]),
  row("logits of ±∞, positive ones weighted", (x) => binaryCrossEntropyWithLogits(x, double([1, 0, 1, 1]), { posWeight: double([3, 3, 3, 0]), ...none }), [inf, -inf, -inf, -inf], [0, 0, inf, 0], [0, 0, -3, 0]),
  row("logits, weight 0", (x) => binaryCrossEntropyWithLogits(x, double([1, 0, 0]), { weight: double([0, 0, 2]), ...none }), [-inf, nan, 0], [0, 0, 2 * ln2], [0, 0, 1]),
  row("logits, NaN", (x) => binaryCrossEntropyWithLogits(x, double([1]), none), [nan], [nan], [nan]),
  row("poissonNllLoss of log-rates", (x) => poissonNllLoss(x, double([0, 2, 2, 0]), none), [-inf, -inf, inf, inf], [0, inf, inf, inf], [0, -2, inf, inf]),
  row("poissonNllLoss of rates", (x) => poissonNllLoss(x, double([0, 2, 2, 0, 0]), { logInput: false, eps: 0, ...none }), [0, 0, inf, inf, 3], [0, inf, inf, inf, 3], [1, -inf, 1, 1, 1]),
  row("gaussianNllLoss, variance 0", (v) => gaussianNllLoss(double([1, 1]), double([1, 0]), v, { eps: 0.5, ...none }), [0, 0], [-ln2 / 2, 1 - ln2 / 2], [1, -1]),
  row("gaussianNllLoss, infinite variance", (v) => gaussianNllLoss(double([1]), double([0]), v, none), [inf], [inf], [0]),
  row("gaussianNllLoss, infinite error", (x) => gaussianNllLoss(x, double([0, 0]), double([2, 2]), none), [inf, -inf], [inf, inf], [inf, -inf]),
  row("l1Loss", (x) => l1Loss(x, double([0, 0]), none), [inf, -inf], [inf, inf], [1, -1]),
  row("mseLoss", (x) => mseLoss(x, double([0, 0]), none), [inf, -inf], [inf, inf], [inf, -inf]),
  row("huberLoss", (x) => huberLoss(x, double([0, 0, 1]), { delta: 2, ...none }), [inf, -inf, 1], [inf, inf, 0], [2, -2, 0]),
  row("smoothL1Loss", (x) => smoothL1Loss(x, double([0, 0, 1]), none), [inf, -inf, 1], [inf, inf, 0], [1, -1, 0]),
  row("smoothL1Loss without a bend", (x) => smoothL1Loss(x, double([0, 0]), { beta: 0, ...none }), [inf, -inf], [inf, inf], [1, -1]),
  row("hingeEmbeddingLoss", (x) => hingeEmbeddingLoss(x, double([1, -1, -1]), none), [inf, inf, -inf], [inf, 0, inf], [1, 0, -1]),
  row("marginRankingLoss", (x) => marginRankingLoss(x, double([0, 0]), double([1, -1]), none), [inf, inf], [0, inf], [0, 1]),
  row("cosineEmbeddingLoss of zeros", (x) => cosineEmbeddingLoss(x, double([[3, 4], [0, 0]]), double([1, -1]), none), [[0, 0], [0, 0]], [1, 0], [[-0.6e6, -0.8e6], [0, 0]]),
]; // prettier-ignore

/** Numbers equal to twelve digits, infinities and NaN exactly; 0 has no sign. */
function expectNumbers(got: Numbers, want: Numbers): void {
  const flat = (x: Numbers): number[] => (typeof x === "number" ? [x] : x.flatMap(flat));
  const [a, b] = [flat(got), flat(want)];
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => {
    const close = Object.is(x + 0, b[i]! + 0) || Math.abs(x - b[i]!) <= 1e-12 * Math.max(1, Math.abs(b[i]!));
    if (!close) expect.fail(`expected ${JSON.stringify(b.map(String))}, got ${JSON.stringify(a.map(String))}`);
  });
}

describe.each([
  ["eager", (fn: (x: Tensor) => Tensor[]): typeof fn => fn],
  ["compiled", (fn: (x: Tensor) => Tensor[]): typeof fn => compile(fn)],
] as const)("losses where 0 meets ∞, %s", (_mode, wrap) => {
  it.each(rows.map((r) => [r.name, r] as const))("%s", (_name, { loss, at, values, slopes }) => {
    const step = wrap((x) => {
      const y = loss(x);
      return [y, ...grad(y.sum(), [x])];
    });
    const [y, dx] = step(double(at).requiresGrad_()) as [Tensor, Tensor];
    expectNumbers(y.toArray(), values);
    expectNumbers(dx.toArray(), slopes);
  });
});
