import { functional } from "@tapegrad/nn";
import { resolveName } from "@tapegrad/tensor/internal";
import { FittingAccuracy } from "./means/fitting-accuracy.ts";
import { MeanMetric, type MetricFunction } from "./means/mean-metric.ts";
import type { Metric } from "./metric.ts";
import * as classes from "./metric-classes.ts";

/** What a metric may be called: its class in camelCase, or what is usual for short. */
export type MetricName =
  | keyof typeof classes
  | "acc"
  | "bce"
  | "f1"
  | "kld"
  | "logCosh"
  | "mae"
  | "mape"
  | "mse"
  | "msle"
  | "r2"
  | "rmse";

type OtherName = Exclude<MetricName, keyof typeof classes> | "accuracy";

/** What else they are called. */
const otherNames: Readonly<Record<OtherName, new (loss: never) => Metric>> = {
  acc: FittingAccuracy,
  accuracy: FittingAccuracy,
  bce: classes.binaryCrossentropy,
  f1: classes.f1Score,
  kld: classes.klDivergence,
  logCosh: classes.logCoshError,
  mae: classes.meanAbsoluteError,
  mape: classes.meanAbsolutePercentageError,
  mse: classes.meanSquaredError,
  msle: classes.meanSquaredLogarithmicError,
  r2: classes.r2Score,
  rmse: classes.rootMeanSquaredError,
};

const named: { readonly [name: string]: new (given: never) => Metric } = { ...classes, ...otherNames };

/** Names by which a metric is found. */
export const metricNames: readonly MetricName[] = Object.keys(named) as MetricName[];

/**
 * The metric of a name with its standard options; a metric is returned as it is, and of what a function gives for each
 * sample it is the mean. Case, underscores and hyphens do not matter: `categorical_accuracy` and `CategoricalAccuracy`
 * are one name.
 *
 * The word "accuracy" takes the form that fits the loss and the shapes: of a yes or no, or of classes.
 *
 * @param fn name of the function that was called, for the messages
 * @param loss the loss that trains what is measured, if it is known
 * @throws {ValueError} for an unknown name, with all that are allowed
 */
export function resolveMetric(fn: string, metric: string | Metric | MetricFunction, loss?: unknown): Metric {
  if (typeof metric === "function") return new MeanMetric(metric);
  if (isMetric(metric)) return metric;
  const Class = resolveName(fn, "a metric, a function", named, metric);
  if (Class === FittingAccuracy)
    return new FittingAccuracy(typeof loss === "string" ? functional.resolveLoss(loss) : loss);
  // One that needs options says so.
  return new Class(undefined as never);
}

/** Whether a value has what the interface says; a class of one's own need not extend one of ours. */
function isMetric(value: unknown): value is Metric {
  if (typeof value !== "object" || value === null) return false;
  const { name, update, result, reset } = value as Partial<Metric>;
  return typeof name === "string" && [update, result, reset].every((method) => typeof method === "function");
}
