/**
 * Metrics of a model that are gathered over batches.
 *
 * @module
 */
export { Accumulator, type Sums, type SumShapes } from "./accumulator.ts";
export { BatchMetric } from "./batch-metric.ts";
export {
  Accuracy,
  BinaryAccuracy,
  type BinaryAccuracyOptions,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
} from "./means/accuracies.ts";
export { AveragedMetric } from "./means/averaged-metric.ts";
export { LossMetric } from "./means/loss-metric.ts";
export { Mean } from "./means/mean.ts";
export { MeanMetric, type MetricFunction } from "./means/mean-metric.ts";
export { MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError } from "./means/regression.ts";
export { Sum } from "./means/sum.ts";
export type { Metric, UpdateOptions } from "./metric.ts";
export type { MetricName } from "./resolve-metric.ts";
export type { MetricOptions } from "./metric-options.ts";
