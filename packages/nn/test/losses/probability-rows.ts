import { DTypeError, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { elementwise, type LossCase, type LossRow, probabilities } from "./loss-row.ts";

const f = nn.functional;
const { exp, log } = Math;
const logistic = (x: number): number => 1 / (1 + exp(-x));
const bce = (p: number, t: number): number => -(t * log(p) + (1 - t) * log(1 - p));

const both: LossCase["inputs"] = (draw, shape) => [probabilities(draw(...shape)), probabilities(draw(...shape))];
const targets: LossCase["inputs"] = (draw, shape) => [draw(...shape), probabilities(draw(...shape))];
const numbers: LossCase["inputs"] = (draw, shape) => [draw(...shape), draw(...shape)];

const double = (values: number[]): Tensor => tensor(values, { dtype: "float64" });
const weight = double([0.5, 2, 3]);
const posWeight = double([2, 1, 0.25]);

/** A case of `[4, 3]` whose naive losses know the column of their element. */
function byColumn(
  options: object,
  inputs: LossCase["inputs"],
  naive: (x: number, t: number, column: number) => number,
): LossCase {
  return {
    ...elementwise(inputs, () => 0, { options, shapes: [[4, 3], [3]] }),
    naive: ([x, t]) => ({ losses: Array.from(x!.data, (value, i) => naive(value, t!.data[i]!, i % 3)) }),
  };
}

const [x, p] = [randn([4, 3]), zeros([4, 3])];
const integers = zeros([4], { dtype: "int32" });

/** Losses of probabilities. */
export const probabilityRows: readonly LossRow[] = [
  {
    file: "binary-cross-entropy",
    fn: f.binaryCrossEntropy,
    Layer: nn.BCELoss,
    names: ["bce", "binaryCrossEntropy"],
    options: ["weight", "labelSmoothing", "reduction"],
    cases: [
      elementwise(both, bce),
      elementwise(both, (a, t) => bce(a, 0.7 * t + 0.15), { options: { labelSmoothing: 0.3 } }),
      byColumn({ weight }, both, (a, t, column) => bce(a, t) * weight.data[column]!),
    ],
    errors: [
      [
        "smoothing",
        () => f.binaryCrossEntropy(p, p, { labelSmoothing: 2 }),
        ValueError,
        "binaryCrossEntropy: expected labelSmoothing in [0, 1], got 2.",
      ],
      [
        "range",
        () => f.binaryCrossEntropy(p.add(1.5), p),
        ValueError,
        "binaryCrossEntropy: expected input in [0, 1], got 1.5.",
      ],
      [
        "NaN target",
        () => f.binaryCrossEntropy(p, p.add(NaN)),
        ValueError,
        "binaryCrossEntropy: expected target to be numbers, got NaN.",
      ],
      [
        "shape",
        () => f.binaryCrossEntropy(p, zeros([4])),
        ShapeError,
        "binaryCrossEntropy: expected a target of shape [4, 3], got [4].",
      ],
      [
        "weight",
        () => f.binaryCrossEntropy(p, p, { weight: zeros([2]) }),
        ShapeError,
        "binaryCrossEntropy: expected a weight that broadcasts to [4, 3], got [2].",
      ],
      [
        "no tensor",
        () => f.binaryCrossEntropy(p, p, { weight: [1, 1, 1] as unknown as Tensor }),
        ValueError,
        "binaryCrossEntropy: expected weight to be a Tensor, got [1, 1, 1].",
      ],
      [
        "integers",
        () => f.binaryCrossEntropy(integers, integers),
        DTypeError,
        "binaryCrossEntropy: expected input of dtype float32 or float64, got int32.",
      ],
    ],
  },
  {
    file: "binary-cross-entropy-with-logits",
    fn: f.binaryCrossEntropyWithLogits,
    Layer: nn.BCEWithLogitsLoss,
    names: ["bceWithLogits", "binaryCrossEntropyWithLogits"],
    options: ["weight", "posWeight", "labelSmoothing", "reduction"],
    cases: [
      elementwise(targets, (a, t) => bce(logistic(a), 0.8 * t + 0.1), { options: { labelSmoothing: 0.2 } }),
      elementwise(targets, (a, t) => bce(logistic(a), t)),
      byColumn({ posWeight }, targets, (a, t, column) => {
        const [yes, no] = [log(logistic(a)), log(logistic(-a))];
        return -(posWeight.data[column]! * t * yes + (1 - t) * no);
      }),
      byColumn({ weight, posWeight }, targets, (a, t, column) => {
        const [yes, no] = [log(logistic(a)), log(logistic(-a))];
        return -(posWeight.data[column]! * t * yes + (1 - t) * no) * weight.data[column]!;
      }),
    ],
    errors: [
      [
        "NaN target",
        () => f.binaryCrossEntropyWithLogits(x, p.add(NaN)),
        ValueError,
        "binaryCrossEntropyWithLogits: expected target to be numbers, got NaN.",
      ],
      [
        "shape",
        () => f.binaryCrossEntropyWithLogits(x, zeros([3])),
        ShapeError,
        "binaryCrossEntropyWithLogits: expected a target of shape [4, 3], got [3].",
      ],
      [
        "posWeight",
        () => f.binaryCrossEntropyWithLogits(x, p, { posWeight: zeros([5, 4, 3]) }),
        ShapeError,
        "binaryCrossEntropyWithLogits: expected a posWeight that broadcasts to [4, 3], got [5, 4, 3].",
      ],
    ],
  },
  {
    file: "kl-div-loss",
    fn: f.klDivLoss,
    Layer: nn.KLDivLoss,
    names: ["klDiv"],
    options: ["logTarget", "reduction"],
    reductions: ["batchmean"],
    cases: [
      elementwise(targets, (a, t) => t * (log(t) - a)),
      elementwise(numbers, (a, t) => exp(t) * (t - a), { options: { logTarget: true } }),
    ],
    errors: [
      ["shape", () => f.klDivLoss(p, zeros([3])), ShapeError, "klDivLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
];
