import { DTypeError, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import { classIndices, hotOf, rowsOf } from "./class-rows-of.ts";
import { elementwise, type LossCase, type LossRow, probabilities } from "./loss-row.ts";

const f = nn.functional;
const { exp, log } = Math;
const x = zeros([4, 3]);
const logistic = (a: number): number => 1 / (1 + exp(-a));
const around = { shapes: [[4], [5, 4], [2, 3, 2]], empty: [0, 4], checked: [[4, 3], [2, 3, 2]] } as const; // prettier-ignore

type Rows = readonly (readonly number[])[];
type Naive = (p: readonly number[], t: readonly number[]) => number;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const scaled = (p: readonly number[]): number[] => p.map((each) => each / sum(p));

/** Cases of probabilities and logits, against shares and classes. */
function cases(naive: Naive, options: object = {}): LossCase[] {
  const of = (p: Rows, t: Rows) => ({ losses: p.map((row, n) => naive(scaled(row), t[n]!)) });
  const softened = (logits: Tensor): Rows => rowsOf(logits).map((row) => row.map(exp));
  return [
    {
      ...around,
      title: "probabilities and shares",
      options,
      inputs: (draw, shape) => [probabilities(draw(...shape)), probabilities(draw(...shape))],
      naive: ([p, t]) => of(rowsOf(p!), rowsOf(t!)),
    },
    {
      ...around,
      title: "probabilities and classes",
      options,
      inputs: (draw, shape) => [probabilities(draw(...shape)), classIndices(shape)],
      naive: ([p, t]) => of(rowsOf(p!), hotOf(p!, t!)),
      differentiable: 1,
    },
    {
      ...around,
      title: "logits and classes",
      options: { ...options, fromLogits: true },
      inputs: (draw, shape) => [draw(...shape), classIndices(shape)],
      naive: ([p, t]) => of(softened(p!), hotOf(p!, t!)),
      differentiable: 1,
    },
  ];
}

const errorsOf = (name: string, fn: (x: Tensor, t: Tensor) => unknown): LossRow["errors"] => [
  [
    "logits for probabilities",
    () => fn(x.add(1.5), classIndices([4, 3])),
    ValueError,
    `${name}: expected probabilities in [0, 1], got 1.5. Of logits say { fromLogits: true }.`,
  ],
  ["dtype", () => fn(x.to("int32"), x), DTypeError, `${name}: expected input of dtype float32 or float64, got int32.`],
];
const indexError = (name: string, fn: (x: Tensor, t: Tensor) => unknown): LossRow["errors"][number] => [
  "class",
  () => fn(x, tensor([0, 1, 2, 3], { dtype: "int32" })),
  ValueError,
  `${name}: expected class indices in [0, 3), got 3.`,
];

const crossEntropy: Naive = (p, t) => -sum(p.map((each, c) => t[c]! * log(each)));
const smoothed: Naive = (p, t) => crossEntropy(p, t.map((each) => 0.9 * each + 0.1 / t.length)); // prettier-ignore
const focal =
  (alpha: number, gamma: number): Naive =>
  (p, t) =>
    -alpha * sum(p.map((each, c) => t[c]! * (1 - each) ** gamma * log(each)));
const generalized =
  (q: number): Naive =>
  (p, t) =>
    (1 - sum(p.map((each, c) => t[c]! * each)) ** q) / q;

const binaryFocal =
  (gamma: number, alpha?: number) =>
  (p: number, t: number): number => {
    const wrong = t * (1 - p) + (1 - t) * p;
    const share = alpha === undefined ? 1 : t * alpha + (1 - t) * (1 - alpha);
    return -share * wrong ** gamma * (t * log(p) + (1 - t) * log(1 - p));
  };
const pairs: LossCase["inputs"] = (draw, shape) => [probabilities(draw(...shape)), probabilities(draw(...shape))];
const logits: LossCase["inputs"] = (draw, shape) => [draw(...shape), probabilities(draw(...shape))];

const softmaxOf = (row: readonly number[]): number[] => scaled(row.map(exp));
const polyOf =
  (epsilon: number): Naive =>
  (logits, t) =>
    sum(softmaxOf(logits).map((p, c) => t[c]! * (epsilon * (1 - p) - log(p))));

/** Logits, against shares or classes. */
const poly = (epsilon: number, options: object = {}, classes = false): LossCase => ({
  ...around,
  options,
  title: classes ? "classes" : "shares",
  inputs: (draw, shape) => [draw(...shape), classes ? classIndices(shape) : probabilities(draw(...shape))],
  naive: ([a, t]) => {
    const targets = classes ? hotOf(a!, t!) : rowsOf(t!);
    return { losses: rowsOf(a!).map((row, n) => polyOf(epsilon)(row, targets[n]!)) };
  },
  differentiable: classes ? 1 : 2,
});

/** Losses of probabilities, of which some take logits too. */
export const distributionRows: readonly LossRow[] = [
  {
    file: "categorical-cross-entropy",
    fn: f.categoricalCrossEntropy,
    Layer: nn.CategoricalCrossEntropyLoss,
    names: ["categoricalCrossEntropy", "sparseCategoricalCrossEntropy"],
    options: ["fromLogits", "weight", "labelSmoothing", "ignoreIndex", "reduction"],
    cases: [...cases(crossEntropy), ...cases(smoothed, { labelSmoothing: 0.1 })],
    errors: [
      ...errorsOf("categoricalCrossEntropy", f.categoricalCrossEntropy),
      [
        "class",
        () => f.categoricalCrossEntropy(x, tensor([0, 1, 2, 3], { dtype: "int32" })),
        ValueError,
        "crossEntropy: expected class indices in [0, 3), got 3.",
      ],
    ],
  },
  {
    file: "categorical-focal-cross-entropy",
    fn: f.categoricalFocalCrossEntropy,
    Layer: nn.CategoricalFocalCrossEntropyLoss,
    names: ["categoricalFocalCrossEntropy"],
    options: ["fromLogits", "gamma", "alpha", "reduction"],
    cases: [...cases(focal(0.25, 2)), ...cases(focal(1, 3), { alpha: 1, gamma: 3 })],
    errors: [
      ...errorsOf("categoricalFocalCrossEntropy", f.categoricalFocalCrossEntropy),
      indexError("categoricalFocalCrossEntropy", f.categoricalFocalCrossEntropy),
    ],
  },
  {
    file: "generalized-cross-entropy",
    fn: f.generalizedCrossEntropy,
    Layer: nn.GeneralizedCrossEntropyLoss,
    names: ["generalizedCrossEntropy", "categoricalGeneralizedCrossEntropy"],
    options: ["fromLogits", "q", "reduction"],
    cases: [...cases(generalized(0.5)), ...cases(generalized(0.9), { q: 0.9 })],
    errors: [
      ...errorsOf("generalizedCrossEntropy", f.generalizedCrossEntropy),
      indexError("generalizedCrossEntropy", f.generalizedCrossEntropy),
    ],
  },
  {
    file: "kl-divergence-loss",
    fn: f.klDivergenceLoss,
    Layer: nn.KLDivergenceLoss,
    names: ["klDivergence", "kld"],
    options: ["reduction"],
    cases: [
      {
        ...around,
        inputs: pairs,
        naive: ([p, t]) => {
          const wanted = rowsOf(t!);
          return {
            losses: rowsOf(p!).map((row, n) => sum(row.map((each, c) => wanted[n]![c]! * log(wanted[n]![c]! / each)))),
          };
        },
      },
    ],
    errors: [
      [
        "logarithms",
        () => f.klDivergenceLoss(x.sub(1), x),
        ValueError,
        "klDivergenceLoss: expected probabilities in [0, 1], got -1. Of log-probabilities take klDivLoss.",
      ],
      [
        "shape",
        () => f.klDivergenceLoss(x, zeros([3])),
        ShapeError,
        "klDivergenceLoss: expected a target of shape [4, 3], got [3].",
      ],
    ],
  },
  {
    file: "binary-focal-cross-entropy",
    fn: f.binaryFocalCrossEntropy,
    Layer: nn.BinaryFocalCrossEntropyLoss,
    names: ["binaryFocalCrossEntropy"],
    options: ["fromLogits", "gamma", "alpha", "reduction"],
    cases: [
      elementwise(pairs, binaryFocal(2)),
      elementwise(pairs, binaryFocal(3, 0.25), { options: { gamma: 3, alpha: 0.25 } }),
      elementwise(logits, (a, t) => binaryFocal(2)(logistic(a), t), { options: { fromLogits: true } }),
    ],
    errors: [
      [
        "logits for probabilities",
        () => f.binaryFocalCrossEntropy(x.add(1.5), x),
        ValueError,
        "binaryFocalCrossEntropy: expected probabilities in [0, 1], got 1.5. Of logits say { fromLogits: true }.",
      ],
      [
        "shape",
        () => f.binaryFocalCrossEntropy(x, zeros([3])),
        ShapeError,
        "binaryFocalCrossEntropy: expected a target of shape [4, 3], got [3].",
      ],
    ],
  },
  {
    file: "poly-cross-entropy",
    fn: f.polyCrossEntropy,
    Layer: nn.PolyCrossEntropyLoss,
    names: ["polyCrossEntropy"],
    options: ["epsilon", "reduction"],
    cases: [poly(2), poly(-0.5, { epsilon: -0.5 }), poly(2, {}, true)],
    errors: [
      ["epsilon", () => f.polyCrossEntropy(x, x, { epsilon: NaN }), ValueError, "polyCrossEntropy: expected epsilon to be a finite number, got NaN."],
      ["class", () => f.polyCrossEntropy(x, tensor([0, 1, 2, 3], { dtype: "int32" })), ValueError, "polyCrossEntropy: expected class indices in [0, 3), got 3."],
    ],
  },
  {
    file: "generalized-kl-divergence-loss",
    fn: f.generalizedKlDivergenceLoss,
    Layer: nn.GeneralizedKLDivergenceLoss,
    names: ["generalizedKlDivergence"],
    options: ["reduction"],
    cases: [
      {
        ...around,
        inputs: (draw, shape) => [draw(...shape), draw(...shape).exp()],
        naive: ([a, t]) => {
          const targets = rowsOf(t!);
          return { losses: rowsOf(a!).map((row, n) => sum(row.map((v, c) => targets[n]![c]! * (log(targets[n]![c]!) - v) + exp(v) - targets[n]![c]!))) };
        },
      },
    ],
    errors: [
      ["shape", () => f.generalizedKlDivergenceLoss(x, zeros([3])), ShapeError, "generalizedKlDivergenceLoss: expected a target of shape [4, 3], got [3]."],
    ],
  },
  {
    file: "multilabel-soft-margin-loss",
    fn: f.multilabelSoftMarginLoss,
    Layer: nn.MultiLabelSoftMarginLoss,
    names: ["multilabelSoftMargin"],
    options: ["weight", "reduction"],
    cases: [undefined, [0.5, 0, 2]].map((weights) => ({
      options: weights === undefined ? {} : { weight: tensor(weights, { dtype: "float64" }) },
      inputs: (draw, shape) => [draw(...shape), probabilities(draw(...shape))],
      naive: ([a, t]) => {
        const classes = a!.shape.at(-1)!;
        const each = Array.from(a!.data, (v, i) => {
          const [y, w] = [t!.data[i]!, weights?.[i % classes] ?? 1];
          return (-w * (y * log(logistic(v)) + (1 - y) * log(logistic(-v)))) / classes;
        });
        return { losses: Array.from({ length: a!.size / classes }, (_, r) => sum(each.slice(r * classes, (r + 1) * classes))) };
      },
      shapes: [[3], [5, 3], [2, 2, 3]],
      empty: [0, 3],
      checked: [[4, 3]],
    }) satisfies LossCase),
    errors: [
      ["weight", () => f.multilabelSoftMarginLoss(x, x, { weight: zeros([4]) }), ShapeError, "multilabelSoftMarginLoss: expected one weight for each of 3 classes, got shape [4]."],
      ["rank", () => f.multilabelSoftMarginLoss(tensor(1), tensor(1)), ShapeError, "multilabelSoftMarginLoss: expected input of shape [..., C], got []."],
      ["NaN", () => f.multilabelSoftMarginLoss(x, x.add(NaN)), ValueError, "multilabelSoftMarginLoss: expected target to be numbers, got NaN."],
    ],
  },
]; // prettier-ignore
