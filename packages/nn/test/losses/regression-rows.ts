import { DTypeError, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { type Draw, elementwise, type LossCase, type LossRow, positive } from "./loss-row.ts";

const f = nn.functional;
const { abs, cosh, exp, log, max, PI } = Math;
const huber = (d: number, delta: number): number => (abs(d) <= delta ? (d * d) / 2 : delta * (abs(d) - delta / 2));
const stirling = (t: number): number => (t > 1 ? t * log(t) - t + log(2 * PI * t) / 2 : 0);

const numbers: LossCase["inputs"] = (draw, shape) => [draw(...shape), draw(...shape)];
const rates: LossCase["inputs"] = (draw, shape) => [positive(draw(...shape)), positive(draw(...shape)).mul(2)];
const x = zeros([4, 3]);

/** Means, and variances of the shape that `share` makes of theirs. */
const gaussian = (options: { readonly full?: boolean }, title: string, share: (shape: readonly number[]) => number[]) =>
  ({
    title,
    options,
    inputs: (draw: Draw, shape: readonly number[]) => [draw(...shape), draw(...shape), positive(draw(...share(shape)))],
    naive: ([mean, target, variance]: readonly Tensor[]) => ({
      losses: Array.from(mean!.data, (value, i) => {
        const v = variance!.data[Math.floor((i * variance!.size) / mean!.size)]!;
        return (log(v) + (value - target!.data[i]!) ** 2 / v + (options.full === true ? log(2 * PI) : 0)) / 2;
      }),
    }),
    shapes: [[5], [4, 3], [2, 3, 2]],
    empty: [0, 3],
    checked: [[4, 3]],
  }) satisfies LossCase;

const weight = tensor([0.5, 0, 3], { dtype: "float64" });

/** A case of `[4, 3]` with a weight for each column; the mean divides by the sum of the weights, or by the number. */
const byColumn = (naive: (a: number, t: number) => number, options: object, bySum: boolean): LossCase => ({
  ...elementwise(numbers, naive, { options: { ...options, weight }, shapes: [[4, 3], [3]] }),
  naive: ([a, t]) => ({
    losses: Array.from(a!.data, (value, i) => naive(value, t!.data[i]!) * weight.data[i % 3]!),
    count: bySum ? (3.5 * a!.size) / 3 : a!.size,
  }),
}); // prettier-ignore

/** Losses of numbers. */
export const regressionRows: readonly LossRow[] = [
  {
    file: "mse-loss",
    fn: f.mseLoss,
    Layer: nn.MSELoss,
    names: ["mse", "meanSquaredError"],
    options: ["weight", "reduction"],
    cases: [elementwise(numbers, (a, t) => (a - t) ** 2), byColumn((a, t) => (a - t) ** 2, {}, true)],
    errors: [
      [
        "weight",
        () => f.mseLoss(x, x, { weight: zeros([4]) }),
        ShapeError,
        "mseLoss: expected a weight that broadcasts to [4, 3], got [4].",
      ],
      [
        "column against row",
        () => f.mseLoss(zeros([4, 1]), zeros([4])),
        ShapeError,
        "mseLoss: expected a target of shape [4, 1], got [4].",
      ],
      [
        "batchmean",
        () => f.mseLoss(x, x, { reduction: "batchmean" as "mean" }),
        ValueError,
        "mseLoss: expected reduction none, mean or sum, got batchmean.",
      ],
    ],
  },
  {
    file: "l1-loss",
    fn: f.l1Loss,
    Layer: nn.L1Loss,
    names: ["l1", "mae", "meanAbsoluteError"],
    options: ["weight", "reduction"],
    cases: [elementwise(numbers, (a, t) => abs(a - t)), byColumn((a, t) => abs(a - t), {}, true)],
    errors: [
      [
        "weight",
        () => f.l1Loss(x, x, { weight: zeros([5, 4, 3]) }),
        ShapeError,
        "l1Loss: expected a weight that broadcasts to [4, 3], got [5, 4, 3].",
      ],
      ["shape", () => f.l1Loss(x, x.sum()), ShapeError, "l1Loss: expected a target of shape [4, 3], got []."],
    ],
  },
  {
    file: "huber-loss",
    fn: f.huberLoss,
    Layer: nn.HuberLoss,
    names: ["huber"],
    options: ["delta", "weight", "reduction"],
    cases: [
      elementwise(numbers, (a, t) => huber(a - t, 1)),
      elementwise(numbers, (a, t) => huber(a - t, 0.3), { options: { delta: 0.3 } }),
      byColumn((a, t) => huber(a - t, 0.5), { delta: 0.5 }, false),
    ],
    errors: [
      [
        "weight",
        () => f.huberLoss(x, x, { weight: zeros([4]) }),
        ShapeError,
        "huberLoss: expected a weight that broadcasts to [4, 3], got [4].",
      ],
      ["delta", () => f.huberLoss(x, x, { delta: 0 }), ValueError, "huberLoss: expected delta > 0, got 0."],
      ["shape", () => f.huberLoss(x, zeros([3])), ShapeError, "huberLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
  {
    file: "smooth-l1-loss",
    fn: f.smoothL1Loss,
    Layer: nn.SmoothL1Loss,
    names: ["smoothL1"],
    options: ["beta", "reduction"],
    cases: [
      elementwise(numbers, (a, t) => huber(a - t, 1)),
      elementwise(numbers, (a, t) => huber(a - t, 0.3) / 0.3, { options: { beta: 0.3 } }),
      elementwise(numbers, (a, t) => abs(a - t), { options: { beta: 0 } }),
    ],
    errors: [
      ["beta", () => f.smoothL1Loss(x, x, { beta: -1 }), ValueError, "smoothL1Loss: expected beta ≥ 0, got -1."],
      [
        "shape",
        () => f.smoothL1Loss(x, zeros([3])),
        ShapeError,
        "smoothL1Loss: expected a target of shape [4, 3], got [3].",
      ],
    ],
  },
  {
    file: "log-cosh-loss",
    fn: f.logCoshLoss,
    Layer: nn.LogCoshLoss,
    names: ["logCosh"],
    options: ["reduction"],
    cases: [elementwise(numbers, (a, t) => log(cosh(a - t)))],
    errors: [
      [
        "shape",
        () => f.logCoshLoss(x, zeros([3])),
        ShapeError,
        "logCoshLoss: expected a target of shape [4, 3], got [3].",
      ],
    ],
  },
  {
    file: "mape-loss",
    fn: f.mapeLoss,
    Layer: nn.MAPELoss,
    names: ["mape", "meanAbsolutePercentageError"],
    options: ["reduction"],
    cases: [
      elementwise(
        (draw, shape) => [draw(...shape), positive(draw(...shape)).add(1)],
        (a, t) => (100 * abs(a - t)) / t,
        { atol: 5e-5 },
      ),
    ],
    errors: [
      ["shape", () => f.mapeLoss(x, zeros([3])), ShapeError, "mapeLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
  {
    file: "msle-loss",
    fn: f.msleLoss,
    Layer: nn.MSLELoss,
    names: ["msle", "meanSquaredLogarithmicError"],
    options: ["reduction"],
    cases: [
      elementwise(
        (draw, shape) => [draw(...shape), positive(draw(...shape))],
        (a, t) => (log(1 + max(a, 0)) - log(1 + t)) ** 2,
      ),
    ],
    errors: [
      ["shape", () => f.msleLoss(x, zeros([3])), ShapeError, "msleLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
  {
    file: "poisson-loss",
    fn: f.poissonLoss,
    Layer: nn.PoissonLoss,
    names: ["poisson"],
    options: ["reduction"],
    cases: [elementwise(rates, (a, t) => a - t * log(a + 1e-7))],
    errors: [
      [
        "shape",
        () => f.poissonLoss(x, zeros([4])),
        ShapeError,
        "poissonLoss: expected a target of shape [4, 3], got [4].",
      ],
      [
        "dtype",
        () => f.poissonLoss(x.to("int32"), x),
        DTypeError,
        "poissonLoss: expected input of dtype float32 or float64, got int32.",
      ],
    ],
  },
  {
    file: "poisson-nll-loss",
    fn: f.poissonNllLoss,
    Layer: nn.PoissonNLLLoss,
    names: ["poissonNll"],
    options: ["logInput", "full", "eps", "reduction"],
    cases: [
      elementwise(rates, (a, t) => exp(a) - t * a),
      elementwise(rates, (a, t) => exp(a) - t * a + stirling(t), { options: { full: true } }),
      elementwise(rates, (a, t) => a - t * log(a + 1e-8), { options: { logInput: false } }),
      elementwise(rates, (a, t) => a - t * log(a + 0.1) + stirling(t), {
        options: { logInput: false, full: true, eps: 0.1 },
      }),
    ],
    errors: [
      [
        "shape",
        () => f.poissonNllLoss(x, zeros([4])),
        ShapeError,
        "poissonNllLoss: expected a target of shape [4, 3], got [4].",
      ],
      ["eps", () => f.poissonNllLoss(x, x, { eps: -1 }), ValueError, "poissonNllLoss: expected eps ≥ 0, got -1."],
      [
        "dtype",
        () => f.poissonNllLoss(x.to("int32"), x),
        DTypeError,
        "poissonNllLoss: expected input of dtype float32 or float64, got int32.",
      ],
    ],
  },
  {
    file: "gaussian-nll-loss",
    fn: f.gaussianNllLoss,
    Layer: nn.GaussianNLLLoss,
    names: [],
    options: ["full", "eps", "reduction"],
    cases: [
      gaussian({}, "own variances", (shape) => [...shape]),
      gaussian({ full: true }, "own variances", (shape) => [...shape]),
      gaussian({}, "shared variances", (shape) => [...shape.slice(0, -1), 1]),
      gaussian({ full: true }, "shared variances without an axis", (shape) => shape.slice(0, -1)),
    ],
    errors: [
      [
        "shape",
        () => f.gaussianNllLoss(x, zeros([4]), x.add(1)),
        ShapeError,
        "gaussianNllLoss: expected a target of shape [4, 3], got [4].",
      ],
      [
        "shape of the variance",
        () => f.gaussianNllLoss(x, x, zeros([3])),
        ShapeError,
        "gaussianNllLoss: expected a variance of shape [4, 3] or [4, 1], got [3].",
      ],
      [
        "negative variance",
        () => f.gaussianNllLoss(x, x, x.sub(1)),
        ValueError,
        "gaussianNllLoss: expected variances ≥ 0, got -1.",
      ],
      ["eps", () => f.gaussianNllLoss(x, x, x, { eps: 0 }), ValueError, "gaussianNllLoss: expected eps > 0, got 0."],
      [
        "dtype",
        () => f.gaussianNllLoss(x, x, x.to("int32")),
        DTypeError,
        "gaussianNllLoss: expected variance of dtype float32 or float64, got int32.",
      ],
    ],
  },
];
