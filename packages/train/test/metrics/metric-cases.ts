import { type DType, tensor, type Tensor } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import * as classes from "../../src/metrics/metric-classes.ts";
import type { BatchMetric } from "../../src/metrics/metrics.ts";

interface StoredTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly number[];
}

interface StoredCase {
  readonly metric: keyof typeof classes;
  readonly title: string;
  readonly source: string;
  readonly options: object;
  readonly predictions: number;
  readonly target: number;
  readonly sampleWeight: number | null;
  readonly expected: number | readonly number[];
}

/** What fixtures.py has found. */
export interface MetricCase {
  readonly title: string;
  readonly metric: keyof typeof classes;
  readonly options: object;
  readonly predictions: Tensor;
  readonly target: Tensor;
  readonly sampleWeight: Tensor | undefined;
  readonly expected: number | readonly number[];
}

const stored = JSON.parse(readFileSync(new URL("metrics.json", import.meta.url), "utf8")) as {
  readonly tensors: readonly StoredTensor[];
  readonly cases: readonly StoredCase[];
};

const made = stored.tensors.map(({ shape, dtype, data }) => tensor([...data], { shape: [...shape], dtype }));

export const metricCases: readonly MetricCase[] = stored.cases.map((given) => ({
  title: [given.metric, JSON.stringify(given.options), given.title, given.sampleWeight === null ? "" : "weighted", `as ${given.source}`].filter((part) => part !== "").join(" "),
  metric: given.metric,
  options: given.options,
  predictions: made[given.predictions]!,
  target: made[given.target]!,
  sampleWeight: given.sampleWeight === null ? undefined : made[given.sampleWeight]!,
  expected: given.expected,
})); // prettier-ignore

/** The metric of a case. */
export function metricOf({ metric, options }: MetricCase): BatchMetric<string> {
  const Class = classes[metric] as new (options: object) => BatchMetric<string>;
  return new Class(options);
}

/** Samples from `start` to before `stop`. */
export function rowsOf(x: Tensor, start: number, stop: number): Tensor {
  return x.slice([start, stop]);
}
