import type { Tensor } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";
import type { BatchMetric } from "./batch-metric.ts";
import * as classes from "./metric-classes.ts";
import type { UpdateOptions } from "./metric.ts";

/** What a metric takes as a function. */
export type MetricFunctionOptions<K extends keyof typeof classes> = NonNullable<
  ConstructorParameters<(typeof classes)[K]>[0]
> &
  UpdateOptions;

/** Metrics as functions of one batch, with the options of the class and of its `update`. */
export type MetricFunctions = {
  readonly [K in keyof typeof classes]: (
    predictions: Tensor,
    target: Tensor,
    ...options: Record<never, never> extends MetricFunctionOptions<K>
      ? [options?: MetricFunctionOptions<K>]
      : [options: MetricFunctionOptions<K>]
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
) as unknown as MetricFunctions;

function functionOf(
  Class: new (options: object) => BatchMetric<string>,
): (predictions: Tensor, target: Tensor, options?: UpdateOptions) => Tensor {
  return (predictions, target, options = {}) => {
    const { sampleWeight, mask, ...own }: UpdateOptions = isPlainObject(options) ? options : {};
    // What is no options, the class refuses.
    const metric = new Class(isPlainObject(options) ? own : options);
    return metric.of(predictions, target, { sampleWeight, mask });
  };
}
