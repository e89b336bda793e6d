import type { Tensor } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";
import type { BatchMetric } from "./batch-metric.ts";
import * as classes from "./metric-classes.ts";
import type { UpdateOptions } from "./metric.ts";

type Classes = typeof classes;
type Given<K extends keyof Classes> = NonNullable<ConstructorParameters<Classes[K]>[0]> & UpdateOptions;

/** Metrics as functions of one batch, with the options of the class and of its `update`. */
export type MetricFunctions = {
  readonly [K in keyof Classes]: (
    predictions: Tensor,
    target: Tensor,
    ...options: Record<never, never> extends Given<K> ? [options?: Given<K>] : [options: Given<K>]
  ) => Tensor;
};

/**
 * Every metric as a function of one batch, a float64 tensor: `functions.f1Score(predictions, target, { average: "macro" })`.
 * `sampleWeight` and `mask` are options too.
 *
 * @example
 * const [p, t] = [tensor([0, 0.5, 0.3, 0.9]), tensor([0, 0, 1, 1])];
 * metrics.functions.recall(p, t).item(); // => 0.5
 * metrics.functions.auc(p, t, { numThresholds: 3, sampleWeight: tensor([1, 0, 0, 1]) }).item(); // => 1
 */
export const functions: MetricFunctions = Object.fromEntries(
  Object.entries(classes).map(([name, Class]) => [
    name,
    functionOf(Class as new (options: object) => BatchMetric<string>),
  ]),
) as MetricFunctions;

function functionOf(
  Class: new (options: object) => BatchMetric<string>,
): (predictions: Tensor, target: Tensor, options?: Given<keyof Classes>) => Tensor {
  return (predictions, target, options) => {
    if (!isPlainObject(options ?? {})) return new Class(options as object).result(); // which refuses them
    const { sampleWeight, mask, ...own } = (options ?? {}) as UpdateOptions;
    return new Class(own).of(predictions, target, { sampleWeight, mask });
  };
}
