import { DTypeError, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { classIndices, hotOf, rowsOf } from "./class-rows-of.ts";
import { elementwise, type LossCase, type LossRow, plusMinusOne } from "./loss-row.ts";

const f = nn.functional;
const { max } = Math;
const x = zeros([4, 3]);
const sides: LossCase["inputs"] = (draw, shape) => [draw(...shape), plusMinusOne(draw(...shape))];
const bits: LossCase["inputs"] = (draw, shape) => [
  draw(...shape),
  draw(...shape)
    .gt(0)
    .to("float64"),
];
const margin = (a: number, t: number): number => max(0, 1 - (t > 0 ? a : -a));
const squared = (a: number, t: number): number => margin(a, t) ** 2;

const categorical = (scores: readonly (readonly number[])[], shares: readonly (readonly number[])[]) => ({
  losses: scores.map((row, n) => {
    const right = row.reduce((sum, score, c) => sum + score * shares[n]![c]!, 0);
    return max(0, 1 + max(...row.map((score, c) => score * (1 - shares[n]![c]!))) - right);
  }),
});

const classShapes = { shapes: [[4], [5, 4], [2, 3, 2]], empty: [0, 3], checked: [[4, 3], [2, 3, 2]] } as const; // prettier-ignore

const errorsOf = (name: string, fn: (x: Tensor, t: Tensor) => unknown): LossRow["errors"] => [
  ["target", () => fn(x, x.add(2)), ValueError, `${name}: expected targets 1, and -1 or 0, got 2.`],
  ["shape", () => fn(x, zeros([3])), ShapeError, `${name}: expected a target of shape [4, 3], got [3].`],
  ["dtype", () => fn(x.to("int32"), x), DTypeError, `${name}: expected input of dtype float32 or float64, got int32.`],
];

const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const sparse = (a: number): number => (a >= 1 ? a : max(a + 1, 0) ** 2 / 4);
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const lines = (t: Tensor): number[][] => (t.ndim === 1 ? [t.toArray(1)] : t.toArray(2));

/** Losses of classes whose targets are indices, or shares. */
const classLosses: LossRow[] = (
  [
    ["multiclass-hinge-loss", f.multiclassHingeLoss, nn.MulticlassHingeLoss, "multiclassHinge", (row, t) => max(...row.map((v, c) => v + 1 - t[c]!)) - dot(row, t)],
    ["multiclass-perceptron-loss", f.multiclassPerceptronLoss, nn.MulticlassPerceptronLoss, "multiclassPerceptron", (row, t) => max(...row) - dot(row, t)],
    // The conjugate at the scores: the best of all points on a face of the simplex, found by trying every support.
    ["multiclass-sparsemax-loss", f.multiclassSparsemaxLoss, nn.MulticlassSparsemaxLoss, "multiclassSparsemax", (row, t) => {
      let best = -Infinity;
      for (let face = 1; face < 2 ** row.length; face++) {
        const own = row.filter((_, c) => (face >> c) % 2 === 1);
        const tau = (own.reduce((a, b) => a + b) - 1) / own.length;
        const p = own.map((v) => v - tau);
        if (p.every((v) => v >= 0)) best = max(best, dot(p, own) - dot(p, p) / 2);
      }
      return best - dot(row, t) + dot(t, t) / 2;
    }],
  ] as [string, typeof f.multiclassHingeLoss, typeof nn.MulticlassHingeLoss, string, (row: readonly number[], t: readonly number[]) => number][]
).map(([file, fn, Layer, name, naive]) => ({
  file, fn, Layer,
  names: [name],
  options: ["reduction"],
  cases: [false, true].map((hot) => ({
    ...classShapes,
    title: hot ? "shares" : "classes",
    inputs: (draw, shape) => [draw(...shape), hot ? draw(...shape).softmax({ axis: shape.length === 1 ? 0 : 1 }) : classIndices(shape)],
    naive: ([scores, t]) => {
      const targets = hot ? rowsOf(t!) : hotOf(scores!, t!);
      return { losses: rowsOf(scores!).map((row, n) => naive(row, targets[n]!)) };
    },
    differentiable: hot ? 2 : 1,
  }) satisfies LossCase),
  errors: [["class", () => fn(x, ints([0, 1, 2, 3])), ValueError, `${fn.name}: expected class indices in [0, 3), got 3.`]],
})); // prettier-ignore

const multiMargin = (options: { p?: 1 | 2; margin?: number; weight?: Tensor }): LossCase => ({
  options,
  inputs: (draw, shape) => [draw(...shape), classIndices(shape)],
  naive: ([scores, t]) => ({
    losses: rowsOf(scores!).map((row, n) => {
      const own = t!.data[n]!;
      const { p = 1, margin: m = 1, weight } = options;
      const total = row.reduce((sum, v, c) => sum + (c === own ? 0 : max(0, m - row[own]! + v) ** p), 0);
      return (total * (weight?.data[own] ?? 1)) / row.length;
    }),
  }),
  differentiable: 1,
  shapes: [[3], [5, 3]],
  empty: [0, 3],
  checked: [[4, 3]],
});

/** Losses of a maximum margin. */
export const marginRows: readonly LossRow[] = [
  {
    file: "hinge-loss",
    fn: f.hingeLoss,
    Layer: nn.HingeLoss,
    names: ["hinge"],
    options: ["reduction"],
    cases: [elementwise(sides, margin, { differentiable: 1 }), elementwise(bits, margin, { differentiable: 1, title: "0 and 1" })], // prettier-ignore
    errors: errorsOf("hingeLoss", f.hingeLoss),
  },
  {
    file: "squared-hinge-loss",
    fn: f.squaredHingeLoss,
    Layer: nn.SquaredHingeLoss,
    names: ["squaredHinge"],
    options: ["reduction"],
    cases: [elementwise(sides, squared, { differentiable: 1 }), elementwise(bits, squared, { differentiable: 1, title: "0 and 1" })], // prettier-ignore
    errors: errorsOf("squaredHingeLoss", f.squaredHingeLoss),
  },
  {
    file: "categorical-hinge-loss",
    fn: f.categoricalHingeLoss,
    Layer: nn.CategoricalHingeLoss,
    names: ["categoricalHinge"],
    options: ["reduction"],
    cases: [
      {
        title: "shares",
        inputs: (draw, shape) => [draw(...shape), draw(...shape).sigmoid()],
        naive: ([scores, shares]) => categorical(rowsOf(scores!), rowsOf(shares!)),
        ...classShapes,
      },
      {
        title: "classes",
        inputs: (draw, shape) => [draw(...shape), classIndices(shape)],
        naive: ([scores, classes]) => categorical(rowsOf(scores!), hotOf(scores!, classes!)),
        differentiable: 1,
        ...classShapes,
      },
    ],
    errors: [
      [
        "class",
        () => f.categoricalHingeLoss(x, tensor([0, 1, 2, 3], { dtype: "int32" })),
        ValueError,
        "categoricalHingeLoss: expected class indices in [0, 3), got 3.",
      ],
      [
        "shape",
        () => f.categoricalHingeLoss(x, zeros([3, 3])),
        ShapeError,
        "categoricalHingeLoss: expected a target of shape [4, 3], got [3, 3].",
      ],
      [
        "floats for classes",
        () => f.categoricalHingeLoss(x, zeros([4])),
        DTypeError,
        "categoricalHingeLoss: expected class indices of dtype int32 and shape [4], got float32 of shape [4].",
      ],
    ],
  },
  {
    file: "perceptron-loss",
    fn: f.perceptronLoss,
    Layer: nn.PerceptronLoss,
    names: ["perceptron"],
    options: ["reduction"],
    cases: [elementwise(sides, (a, t) => max(0, -t * a), { differentiable: 1 }), elementwise(bits, (a, t) => max(0, t > 0 ? -a : a), { differentiable: 1, title: "0 and 1" })],
    errors: errorsOf("perceptronLoss", f.perceptronLoss),
  },
  {
    file: "soft-margin-loss",
    fn: f.softMarginLoss,
    Layer: nn.SoftMarginLoss,
    names: ["softMargin"],
    options: ["reduction"],
    cases: [elementwise(sides, (a, t) => Math.log(1 + Math.exp(-t * a)), { differentiable: 1 })],
    errors: [
      ["target", () => f.softMarginLoss(x, x), ValueError, "softMarginLoss: expected targets 1 or -1, got 0."],
      ["shape", () => f.softMarginLoss(x, zeros([3])), ShapeError, "softMarginLoss: expected a target of shape [4, 3], got [3]."],
      ["dtype", () => f.softMarginLoss(x.to("int32"), x), DTypeError, "softMarginLoss: expected input of dtype float32 or float64, got int32."],
    ],
  },
  {
    file: "sparsemax-loss",
    fn: f.sparsemaxLoss,
    Layer: nn.SparsemaxLoss,
    names: ["sparsemax"],
    options: ["reduction"],
    cases: [elementwise(bits, (a, t) => sparse(t > 0 ? -a : a), { differentiable: 1 })],
    errors: [
      ["target", () => f.sparsemaxLoss(x, x.sub(1)), ValueError, "sparsemaxLoss: expected targets 0 or 1, got -1."],
      ["shape", () => f.sparsemaxLoss(x, zeros([3])), ShapeError, "sparsemaxLoss: expected a target of shape [4, 3], got [3]."],
      ["dtype", () => f.sparsemaxLoss(x.to("int32"), x), DTypeError, "sparsemaxLoss: expected input of dtype float32 or float64, got int32."],
    ],
  },
  ...classLosses,
  {
    file: "multi-margin-loss",
    fn: f.multiMarginLoss,
    Layer: nn.MultiMarginLoss,
    names: ["multiMargin"],
    options: ["p", "margin", "weight", "reduction"],
    cases: [multiMargin({}), multiMargin({ p: 2, margin: 0.6 }), multiMargin({ weight: tensor([0.5, 0, 2], { dtype: "float64" }) })],
    errors: [
      ["p", () => f.multiMarginLoss(x, ints([0, 1, 2, 0]), { p: 3 as 2 }), ValueError, "multiMarginLoss: expected p to be 1 or 2, got 3."],
      ["class", () => f.multiMarginLoss(x, ints([0, 1, 2, 3])), ValueError, "multiMarginLoss: expected class indices in [0, 3), got 3."],
      ["floats", () => f.multiMarginLoss(x, x), DTypeError, 'multiMarginLoss: expected class indices of dtype int32 and shape [4], got float32 of shape [4, 3]. Convert them with to("int32").'],
      ["rank", () => f.multiMarginLoss(zeros([2, 3, 4]), ints([0])), ShapeError, "multiMarginLoss: expected input of shape [C] or [N, C], got [2, 3, 4]."],
      ["weight", () => f.multiMarginLoss(x, ints([0, 1, 2, 0]), { weight: zeros([4]) }), ShapeError, "multiMarginLoss: expected one weight for each of 3 classes, got shape [4]."],
    ],
  },
  {
    file: "multilabel-margin-loss",
    fn: f.multilabelMarginLoss,
    Layer: nn.MultiLabelMarginLoss,
    names: ["multilabelMargin"],
    options: ["reduction"],
    cases: [
      {
        // Two classes or none, and what is behind the first −1 does not count.
        inputs: (draw, shape) => {
          const classes = shape.at(-1)!;
          const rows = shape.length === 1 ? 1 : shape[0]!;
          const listed = Array.from({ length: rows }, (_, n) => Array.from({ length: classes }, (__, j) => (n % 3 === 2 || j === 2 ? -1 : (n + 2 * j) % classes)));
          return [draw(...shape), tensor(listed.flat(), { shape, dtype: "int32" })];
        },
        naive: ([scores, listed]) => ({
          losses: lines(scores!).map((row, n) => {
            const classes = lines(listed!)[n]!;
            const own = classes.slice(0, [...classes, -1].indexOf(-1));
            let total = 0;
            for (const j of own) row.forEach((score, i) => { if (!own.includes(i)) total += max(0, 1 - (row[j]! - score)); });
            return total / row.length;
          }),
        }),
        differentiable: 1,
        shapes: [[4], [5, 4], [3, 6]],
        empty: [0, 4],
        checked: [[3, 5]],
      },
    ],
    errors: [
      ["class", () => f.multilabelMarginLoss(x, x.add(3).to("int32")), ValueError, "multilabelMarginLoss: expected class indices in [-1, 3), got 3."],
      ["floats", () => f.multilabelMarginLoss(x, x), DTypeError, 'multilabelMarginLoss: expected class indices of dtype int32, got float32. Convert them with to("int32").'],
      ["shape", () => f.multilabelMarginLoss(x, ints([0])), ShapeError, "multilabelMarginLoss: expected a target of shape [4, 3], got [1]."],
      ["rank", () => f.multilabelMarginLoss(zeros([2, 3, 4]), ints([0])), ShapeError, "multilabelMarginLoss: expected input of shape [C] or [N, C], got [2, 3, 4]."],
    ],
  },
]; // prettier-ignore
