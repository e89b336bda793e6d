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
];
