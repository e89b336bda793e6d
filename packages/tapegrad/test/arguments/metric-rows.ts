import { ones, type Tensor, tensor, train } from "../../src/index.ts";
import type { Row, Rows } from "./rows.ts";

const { metrics } = train;
const scores = (): Tensor => tensor([[0.25, 0.75], [0.5, 0.5]]); // prettier-ignore
const hot = (): Tensor => tensor([[0, 1], [1, 0]]); // prettier-ignore
const index = (): Tensor => tensor([1, 0], { dtype: "int32" });
const classes = { numClasses: 2 };

/** A metric with options, what it is updated by, and which functions speak for it. */
type Given = readonly [options: object | undefined, predictions: () => Tensor, target: () => Tensor, says?: string];

const pairs: Given = [undefined, scores, hot];
const sparse: Given = [undefined, scores, index, "accuracy"];

const given: Readonly<Record<string, Given>> = {
  AUC: pairs,
  Accuracy: pairs,
  BinaryAccuracy: pairs,
  BinaryCrossentropy: [undefined, scores, hot, "binaryCrossEntropy"],
  BinaryIoU: pairs,
  CategoricalAccuracy: [undefined, scores, hot, "accuracy"],
  CategoricalCrossentropy: [undefined, scores, hot, "categoricalCrossEntropy|crossEntropy"],
  CategoricalHinge: [undefined, scores, hot, "categoricalHingeLoss"],
  ConcordanceCorrelation: pairs,
  ConfusionMatrix: [classes, scores, index, "argmax"],
  CosineSimilarity: [undefined, scores, hot, "cosineSimilarityLoss"],
  F1Score: [undefined, scores, index, "oneHot"],
  FBetaScore: [undefined, scores, hot, "oneHot"],
  FalseNegatives: pairs,
  FalsePositives: pairs,
  Hinge: [undefined, scores, hot, "hingeLoss"],
  IoU: [{ ...classes, targetClassIds: [0] }, index, index],
  KLDivergence: [undefined, scores, hot, "klDivergenceLoss"],
  LogCoshError: pairs,
  MeanAbsoluteError: pairs,
  MeanAbsolutePercentageError: pairs,
  MeanIoU: [classes, index, index],
  MeanSquaredError: pairs,
  MeanSquaredLogarithmicError: pairs,
  OneHotIoU: [{ ...classes, targetClassIds: [0] }, scores, hot, "argmax"],
  OneHotMeanIoU: [classes, scores, hot, "argmax"],
  PearsonCorrelation: pairs,
  Poisson: [undefined, scores, hot, "poissonLoss"],
  Precision: pairs,
  PrecisionAtRecall: [{ recall: 0.5 }, scores, hot],
  R2Score: pairs,
  Recall: pairs,
  RecallAtPrecision: [{ precision: 0.5 }, scores, hot],
  RootMeanSquaredError: pairs,
  SensitivityAtSpecificity: [{ specificity: 0.5 }, scores, hot],
  SparseCategoricalAccuracy: sparse,
  SparseCategoricalCrossentropy: [undefined, scores, index, "categoricalCrossEntropy|crossEntropy"],
  SparseTopKCategoricalAccuracy: [{ k: 1 }, scores, index, "accuracy"],
  SpecificityAtSensitivity: [{ sensitivity: 0.5 }, scores, hot],
  SquaredHinge: [undefined, scores, hot, "squaredHingeLoss"],
  TopKCategoricalAccuracy: [{ k: 1 }, scores, hot, "accuracy"],
  TrueNegatives: pairs,
  TruePositives: pairs,
};

function rowsOf(name: string, [options, predictions, target, says]: Given): readonly (readonly [string, Row])[] {
  const Class = (metrics as unknown as Readonly<Record<string, new (options?: object) => object>>)[name]!;
  const update = (): readonly unknown[] => [new Class(options), predictions(), target(), {}];
  return [
    [
      `train.metrics.${name}`,
      [options === undefined || name.includes("TopK") ? "options?" : "options", () => [options ?? {}]],
    ],
    [`train.metrics.${name}.update`, ["tensor tensor options?", update, says]],
  ];
}

/** Metrics. */
export const metricRows: Rows = {
  ...Object.fromEntries(Object.entries(given).flatMap(([name, row]) => rowsOf(name, row))),
  "train.metrics.Mean": ["options?", () => [{}]],
  "train.metrics.Mean.update": ["tensor options?", () => [new metrics.Mean(), ones([2]), {}]],
  "train.metrics.Sum": ["options?", () => [{}]],
  "train.metrics.Sum.update": ["tensor options?", () => [new metrics.Sum(), ones([2]), {}]],
  "train.metrics.MeanMetric": ["function options?", () => [(a: Tensor, b: Tensor) => a.sub(b), {}]],
  "train.metrics.BatchMetric.update": ["tensor tensor options?", () => [new metrics.Accuracy(), scores(), hot(), {}]],
  "train.metrics.BatchMetric.of": ["tensor tensor options?", () => [new metrics.Accuracy(), scores(), hot(), {}]],
  "train.metrics.Accumulator.loadStateDict": [
    "state",
    () => [new metrics.Accuracy(), new metrics.Accuracy().stateDict()],
  ],
};
