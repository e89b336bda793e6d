import { DTypeError, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { elementwise, type LossCase, type LossRow, plusMinusOne } from "./loss-row.ts";

const f = nn.functional;
const { max } = Math;
const distances: LossCase["inputs"] = (draw, shape) => [draw(...shape), plusMinusOne(draw(...shape))];
const scores: LossCase["inputs"] = (draw, shape) => [draw(...shape), draw(...shape), plusMinusOne(draw(...shape))];
const hinge = (margin: number, options: object = {}): LossCase =>
  elementwise(distances, (a, t) => (t === 1 ? a : max(0, margin - a)), { options, differentiable: 1 });
const ranking = (margin: number, options: object = {}): LossCase =>
  elementwise(scores, (a, b, t) => max(0, margin - t * (a - b)), { options, differentiable: 2 });

const rowsOf = (x: Tensor): number[][] => (x.ndim === 1 ? [x.toArray() as number[]] : (x.toArray() as number[][]));
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const cosine = (margin: number, options: object = {}): LossCase => ({
  options,
  inputs: (draw, shape) => [draw(...shape), draw(...shape), plusMinusOne(draw(...shape.slice(0, -1)))],
  naive: ([a, b, t]) => {
    const others = rowsOf(b!);
    const losses = rowsOf(a!).map((u, i) => {
      const cos = dot(u, others[i]!) / Math.hypot(...u) / Math.hypot(...others[i]!);
      return t!.data[i] === 1 ? 1 - cos : max(0, cos - margin);
    });
    return { losses };
  },
  differentiable: 2,
  shapes: [[5], [6, 4]],
  empty: [0, 3],
  checked: [[4, 3]],
  // The definition has no 1e-12 in it.
  atol: 5e-11,
});

const x = zeros([4, 3]);
const ones = x.add(1);
const side = zeros([4]).add(1);

/** Losses whose targets are 1 and −1. */
export const pairRows: readonly LossRow[] = [
  {
    file: "hinge-embedding-loss",
    fn: f.hingeEmbeddingLoss,
    Layer: nn.HingeEmbeddingLoss,
    names: ["hingeEmbedding"],
    options: ["margin", "reduction"],
    cases: [hinge(1), hinge(0.4, { margin: 0.4 })],
    errors: [
      ["target", () => f.hingeEmbeddingLoss(x, x), ValueError, "hingeEmbeddingLoss: expected targets 1 or -1, got 0."],
      [
        "shape",
        () => f.hingeEmbeddingLoss(x, side),
        ShapeError,
        "hingeEmbeddingLoss: expected a target of shape [4, 3], got [4].",
      ],
      [
        "margin",
        () => f.hingeEmbeddingLoss(x, ones, { margin: NaN }),
        ValueError,
        "hingeEmbeddingLoss: expected margin to be a finite number, got NaN.",
      ],
      [
        "dtype",
        () => f.hingeEmbeddingLoss(x.to("int32"), ones),
        DTypeError,
        "hingeEmbeddingLoss: expected input of dtype float32 or float64, got int32.",
      ],
    ],
  },
  {
    file: "margin-ranking-loss",
    fn: f.marginRankingLoss,
    Layer: nn.MarginRankingLoss,
    names: [],
    options: ["margin", "reduction"],
    cases: [ranking(0), ranking(0.5, { margin: 0.5 })],
    errors: [
      [
        "inputs",
        () => f.marginRankingLoss(x, side, ones),
        ShapeError,
        "marginRankingLoss: expected a second input of shape [4, 3], got [4].",
      ],
      [
        "shape",
        () => f.marginRankingLoss(x, x, side),
        ShapeError,
        "marginRankingLoss: expected a target of shape [4, 3], got [4].",
      ],
      [
        "target",
        () => f.marginRankingLoss(x, x, ones.mul(2)),
        ValueError,
        "marginRankingLoss: expected targets 1 or -1, got 2.",
      ],
      [
        "dtype",
        () => f.marginRankingLoss(x, x.to("bool"), ones),
        DTypeError,
        "marginRankingLoss: expected second input of dtype float32 or float64, got bool.",
      ],
    ],
  },
  {
    file: "cosine-embedding-loss",
    fn: f.cosineEmbeddingLoss,
    Layer: nn.CosineEmbeddingLoss,
    names: [],
    options: ["margin", "reduction"],
    cases: [cosine(0), cosine(0.3, { margin: 0.3 }), cosine(-0.5, { margin: -0.5 })],
    errors: [
      [
        "rank",
        () => f.cosineEmbeddingLoss(tensor(1), tensor(1), tensor(1)),
        ShapeError,
        "cosineEmbeddingLoss: expected vectors of shape [D] or [N, D], got [].",
      ],
      [
        "inputs",
        () => f.cosineEmbeddingLoss(x, side, side),
        ShapeError,
        "cosineEmbeddingLoss: expected a second input of shape [4, 3], got [4].",
      ],
      [
        "shape",
        () => f.cosineEmbeddingLoss(x, x, ones),
        ShapeError,
        "cosineEmbeddingLoss: expected a target of shape [4], got [4, 3].",
      ],
      [
        "target",
        () => f.cosineEmbeddingLoss(x, x, side.mul(0)),
        ValueError,
        "cosineEmbeddingLoss: expected targets 1 or -1, got 0.",
      ],
      [
        "margin",
        () => f.cosineEmbeddingLoss(x, x, side, { margin: 2 }),
        ValueError,
        "cosineEmbeddingLoss: expected margin in [-1, 1], got 2.",
      ],
      [
        "dtype",
        () => f.cosineEmbeddingLoss(x.to("int32"), x, side),
        DTypeError,
        "cosineEmbeddingLoss: expected first input of dtype float32 or float64, got int32.",
      ],
    ],
  },
];
