/**
 * Metrics of a model that are gathered over batches.
 *
 * @module
 */
export { Accumulator, type Sums, type SumShapes } from "./accumulator.ts";
export { BatchMetric } from "./batch-metric.ts";
export { type Classes, ConfusionMetric } from "./confusion/confusion-metric.ts";
export { functions, type MetricFunctions } from "./functions.ts";
export { type AlongAxisOptions } from "./means/along-axis.ts";
export { AveragedMetric, type MeanSums } from "./means/averaged-metric.ts";
export { LossMetric } from "./means/loss-metric.ts";
export { Mean } from "./means/mean.ts";
export { MeanMetric, type MetricFunction } from "./means/mean-metric.ts";
export { Sum } from "./means/sum.ts";
export type { Metric, UpdateOptions } from "./metric.ts";
export type { MetricOptions } from "./metric-options.ts";
export { type MetricName, metricNames } from "./resolve-metric.ts";
export { type Count, type Decision, ThresholdMetric } from "./thresholds/threshold-metric.ts";
export type { PrecisionOptions, ThresholdOptions } from "./thresholds/threshold-options.ts";
export { ConfusionMatrix, type ConfusionMatrixOptions } from "./confusion/confusion-matrix.ts";
export {
  BinaryIoU,
  IoU,
  MeanIoU,
  OneHotIoU,
  OneHotMeanIoU,
  type BinaryIoUOptions,
  type IoUOptions,
  type MeanIoUOptions,
} from "./confusion/iou.ts";
export {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
  type BinaryAccuracyOptions,
  type TopKOptions,
} from "./means/accuracies.ts";
export { ConcordanceCorrelation, PearsonCorrelation } from "./means/correlations.ts";
export { CosineSimilarity } from "./means/cosine-similarity.ts";
export { CategoricalHinge, Hinge, SquaredHinge } from "./means/hinges.ts";
export {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  KLDivergence,
  Poisson,
  SparseCategoricalCrossentropy,
  type CrossentropyOptions,
} from "./means/probabilities.ts";
export {
  LogCoshError,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  RootMeanSquaredError,
} from "./means/regression.ts";
export { F1Score, FBetaScore, type F1ScoreOptions, type FBetaScoreOptions } from "./scores/f-beta-score.ts";
export { R2Score, type R2ScoreOptions } from "./scores/r2-score.ts";
export {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
  type ConstraintOptions,
  type PrecisionAtRecallOptions,
  type RecallAtPrecisionOptions,
  type SensitivityAtSpecificityOptions,
  type SpecificityAtSensitivityOptions,
} from "./thresholds/at-constraint.ts";
export { AUC, type AUCOptions } from "./thresholds/auc.ts";
export { FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from "./thresholds/counts.ts";
export { Precision, Recall } from "./thresholds/precision.ts";
