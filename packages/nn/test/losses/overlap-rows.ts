import { type Shape, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { type LossCase, type LossRow, probabilities } from "./loss-row.ts";

const f = nn.functional;
const x = zeros([4, 3]);
const both: LossCase["inputs"] = (draw, shape) => [probabilities(draw(...shape)), probabilities(draw(...shape))];
const numbers: LossCase["inputs"] = (draw, shape) => [draw(...shape), draw(...shape)];
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, i) => value * b[i]!));

/** A case whose losses come from whole rows, the last axis. */
function byRow(
  naive: (a: readonly number[], b: readonly number[]) => number,
  inputs: LossCase["inputs"],
  options: object,
  rest: Partial<LossCase> = {},
): LossCase {
  const rows = (t: Tensor): number[][] => {
    const length = t.shape.at(-1)!;
    return Array.from({ length: t.size / length }, (_, r) => [...t.data].slice(r * length, (r + 1) * length));
  };
  return {
    options,
    inputs,
    naive: ([a, b]) => {
      const others = rows(b!);
      return { losses: rows(a!).map((row, r) => naive(row, others[r]!)) };
    },
    shapes: [[5], [4, 3], [2, 3, 4]] satisfies Shape[],
    empty: [0, 3],
    checked: [[4, 3]],
    ...rest,
  };
}

const dice =
  (smooth: number) =>
  (a: readonly number[], b: readonly number[]): number =>
    1 - (2 * dot(a, b) + smooth) / (sum(a) + sum(b) + smooth);
const tversky =
  (alpha: number, beta: number, smooth = 1e-7) =>
  (a: readonly number[], b: readonly number[]): number => {
    const [hit, wrong, missed] = [dot(a, b), sum(a) - dot(a, b), sum(b) - dot(a, b)];
    return 1 - (hit + smooth) / (hit + alpha * wrong + beta * missed + smooth);
  };
const cosine = (a: readonly number[], b: readonly number[]): number => -dot(a, b) / Math.hypot(...a) / Math.hypot(...b);

/** Losses of whole vectors and regions. */
export const overlapRows: readonly LossRow[] = [
  {
    file: "dice-loss",
    fn: f.diceLoss,
    Layer: nn.DiceLoss,
    names: ["dice"],
    options: ["smooth", "axis", "reduction"],
    cases: [byRow(dice(1e-7), both, { axis: -1 }), byRow(dice(1), both, { axis: -1, smooth: 1 })],
    errors: [
      ["shape", () => f.diceLoss(x, zeros([3])), ShapeError, "diceLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
  {
    file: "tversky-loss",
    fn: f.tverskyLoss,
    Layer: nn.TverskyLoss,
    names: ["tversky"],
    options: ["alpha", "beta", "smooth", "axis", "reduction"],
    cases: [
      byRow(tversky(0.5, 0.5), both, { axis: -1 }),
      byRow(tversky(0.2, 1.5), both, { alpha: 0.2, beta: 1.5, axis: -1 }),
      byRow(tversky(0.5, 0.5, 1), both, { smooth: 1, axis: -1 }),
    ],
    errors: [
      [
        "shape",
        () => f.tverskyLoss(x, zeros([3])),
        ShapeError,
        "tverskyLoss: expected a target of shape [4, 3], got [3].",
      ],
      ["alpha", () => f.tverskyLoss(x, x, { alpha: -1 }), ValueError, "tverskyLoss: expected alpha ≥ 0, got -1."],
    ],
  },
  {
    file: "cosine-similarity-loss",
    fn: f.cosineSimilarityLoss,
    Layer: nn.CosineSimilarityLoss,
    names: ["cosineSimilarity"],
    options: ["axis", "reduction"],
    // The definition has no 1e-12 in it.
    cases: [
      byRow(cosine, numbers, {}, { atol: 5e-11 }),
      byRow(cosine, numbers, { axis: 1 }, { atol: 5e-11, shapes: [[4, 3]] }),
    ],
    errors: [
      [
        "shape",
        () => f.cosineSimilarityLoss(x, zeros([3])),
        ShapeError,
        "cosineSimilarityLoss: expected a target of shape [4, 3], got [3].",
      ],
      [
        "axis",
        () => f.cosineSimilarityLoss(x, x, { axis: 2 }),
        ShapeError,
        "cosineSimilarityLoss: expected an axis in [-2, 1], got 2.",
      ],
    ],
  },
];
