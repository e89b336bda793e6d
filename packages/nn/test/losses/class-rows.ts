import { DTypeError, randn, type Shape, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { classAxis, rowsOf } from "./class-rows-of.ts";
import type { LossCase, LossRow } from "./loss-row.ts";

const f = nn.functional;

interface ClassOptions {
  readonly weight?: Tensor;
  readonly labelSmoothing?: number;
  readonly ignoreIndex?: number;
}

const weightOf = (shape: Shape): Tensor =>
  tensor([1.25, 0.5, 1.1, 0.75], { dtype: "float64" }).slice([0, shape[classAxis(shape)]!]);

function logProbs(row: readonly number[]): number[] {
  const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
  return row.map((v) => v - Math.log(total));
}

/** Cross-entropy of class indices by loops; `log` says whether the rows hold log-probabilities already. */
const naiveIndices =
  (log: boolean): LossCase["naive"] =>
  ([x, target], { weight, labelSmoothing: eps = 0, ignoreIndex = -100 }: ClassOptions) => {
    let count = 0;
    const losses = rowsOf(x!).map((row, p) => {
      const t = target!.data[p]!;
      if (t === ignoreIndex) return 0;
      const w = row.map((_, c) => weight?.data[c] ?? 1);
      count += w[t]!;
      const lp = log ? row : logProbs(row);
      const spread = lp.reduce((sum, v, c) => sum + v * w[c]!, 0) / row.length;
      return -(1 - eps) * lp[t]! * w[t]! - eps * spread;
    });
    return { losses, count };
  };

const naiveProbabilities: LossCase["naive"] = ([x, target], { weight, labelSmoothing: eps = 0 }: ClassOptions) => {
  const wanted = rowsOf(target!);
  const losses = rowsOf(x!).map((row, p) =>
    logProbs(row).reduce((sum, v, c) => {
      const t = (1 - eps) * wanted[p]![c]! + eps / row.length;
      return sum - v * t * (weight?.data[c] ?? 1);
    }, 0),
  );
  return { losses };
};

const shapes: readonly Shape[] = [[4], [5, 4], [3, 4, 5], [2, 3, 2, 3], [3, 1]];
const around = { shapes, empty: [0, 4], checked: shapes, differentiable: 1 };

/** Every combination of weights, label smoothing and targets that do not count. */
function indexCases(log: boolean, smoothings: readonly number[]): LossCase[] {
  return smoothings.flatMap((labelSmoothing) =>
    [false, true].flatMap((isWeighted) =>
      [undefined, -100, 2].map((ignored) => ({
        ...around,
        title: `${isWeighted ? "weights" : "no weights"}, ${ignored ?? "none"} ignored`,
        options: (shape: Shape) => ({
          ...(labelSmoothing === 0 ? {} : { labelSmoothing }),
          ...(isWeighted ? { weight: weightOf(shape) } : {}),
          ...(ignored === 2 ? { ignoreIndex: 2 } : {}),
        }),
        inputs: (draw, shape) => {
          const axis = classAxis(shape);
          const x = draw(...shape);
          const rest = shape.toSpliced(axis, 1);
          const classes = draw(...rest).mul(1e3).abs().floor().remainder(shape[axis]!).to("int32"); // prettier-ignore
          const kept = Array.from(classes.data, (t, i) => (ignored !== undefined && i % 3 === 1 ? ignored : t));
          return [
            log ? x.logSoftmax({ axis }) : x,
            tensor(kept, { dtype: "int32", shape: rest }),
          ];
        },
        naive: naiveIndices(log),
      }) satisfies LossCase),
    ),
  ); // prettier-ignore
}

const probabilityCases: readonly LossCase[] = [0, 0.2].flatMap((labelSmoothing) =>
  [false, true].map((isWeighted) => ({
    ...around,
    title: `probabilities, ${isWeighted ? "weights" : "no weights"}`,
    options: (shape: Shape) => ({
      ...(labelSmoothing === 0 ? {} : { labelSmoothing }),
      ...(isWeighted ? { weight: weightOf(shape) } : {}),
    }),
    inputs: (draw, shape) => [draw(...shape), draw(...shape).softmax({ axis: classAxis(shape) })],
    naive: naiveProbabilities,
    differentiable: 2,
    // With one class every second derivative is 0, and there is nothing to compare but rounding.
    checked: shapes.filter((shape) => shape[1] !== 1),
  }) satisfies LossCase),
); // prettier-ignore

const x = randn([4, 3]);
const t = tensor([0, 1, 2, 0], { dtype: "int32" });
const index = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

/** Losses of classes. */
export const classRows: readonly LossRow[] = [
  {
    file: "cross-entropy",
    fn: f.crossEntropy,
    Layer: nn.CrossEntropyLoss,
    names: ["crossEntropy"],
    options: ["weight", "labelSmoothing", "ignoreIndex", "reduction"],
    cases: [...indexCases(false, [0, 0.1]), ...probabilityCases],
    errors: [
      ["class too high", () => f.crossEntropy(x, index(0, 1, 2, 3)), ValueError, "crossEntropy: expected class indices in [0, 3), got 3."],
      ["class negative", () => f.crossEntropy(x, index(0, -1, 2, 2)), ValueError, "crossEntropy: expected class indices in [0, 3), got -1."],
      ["float indices", () => f.crossEntropy(x, tensor([0, 1, 2, 0])), DTypeError, 'crossEntropy: expected class indices of dtype int32 and shape [4], got float32 of shape [4]. Convert them with to("int32").'],
      ["batch", () => f.crossEntropy(x, index(0, 1)), ShapeError, "crossEntropy: expected class indices of shape [4], got [2]."],
      ["column", () => f.crossEntropy(x, t.reshape([4, 1])), ShapeError, "crossEntropy: expected class indices of shape [4], got [4, 1]."],
      ["probabilities", () => f.crossEntropy(x, zeros([4, 2])), ShapeError, "crossEntropy: expected a target of shape [4, 3], got [4, 2]."],
      ["NaN probabilities", () => f.crossEntropy(x, zeros([4, 3]).add(NaN)), ValueError, "crossEntropy: expected class probabilities, got NaN."],
      ["rank 0", () => f.crossEntropy(tensor(1), t), ShapeError, "crossEntropy: expected input of shape [C] or [N, C, ...], got []."],
      ["no classes", () => f.crossEntropy(zeros([4, 0]), t), ShapeError, "crossEntropy: expected at least one class, got input of shape [4, 0]."],
      ["int logits", () => f.crossEntropy(tensor([[1, 2]], { dtype: "int32" }), t), DTypeError, "crossEntropy: expected input of dtype float32 or float64, got int32."],
      ["smoothing", () => f.crossEntropy(x, t, { labelSmoothing: 1.5 }), ValueError, "crossEntropy: expected labelSmoothing in [0, 1], got 1.5."],
      ["ignore", () => f.crossEntropy(x, t, { ignoreIndex: 0.5 }), ValueError, "crossEntropy: expected ignoreIndex to be a whole number, got 0.5."],
      ["weight", () => f.crossEntropy(x, t, { weight: zeros([4]) }), ShapeError, "crossEntropy: expected one weight for each of 3 classes, got shape [4]."],
    ],
  }, // prettier-ignore
  {
    file: "nll-loss",
    fn: f.nllLoss,
    Layer: nn.NLLLoss,
    names: ["nll"],
    options: ["weight", "ignoreIndex", "reduction"],
    cases: indexCases(true, [0]),
    errors: [
      ["class too high", () => f.nllLoss(x, index(0, 1, 2, 3)), ValueError, "nllLoss: expected class indices in [0, 3), got 3."],
      ["bool indices", () => f.nllLoss(x, tensor([true, false, true, true])), DTypeError, "nllLoss: expected class indices of dtype int32 and shape [4], got bool of shape [4]."],
      ["weight", () => f.nllLoss(x, t, { weight: zeros([3, 1]) }), ShapeError, "nllLoss: expected one weight for each of 3 classes, got shape [3, 1]."],
      ["int weight", () => f.nllLoss(x, t, { weight: tensor([1, 1, 1], { dtype: "int32" }) }), DTypeError, "nllLoss: expected weight of dtype float32 or float64, got int32."],
    ],
  }, // prettier-ignore
];
