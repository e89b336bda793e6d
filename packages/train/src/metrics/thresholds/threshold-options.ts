import { type Option, option, optional, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import { type MetricOptions, named } from "../metric-options.ts";
import type { Decision } from "./threshold-metric.ts";

/** Options of metrics that count yes and no. */
export interface ThresholdOptions extends MetricOptions {
  /** What a prediction must exceed to be a yes, in [0, 1], or several of them; 0.5 unless given. */
  readonly thresholds?: number | readonly number[] | undefined;
  /** Whether predictions are logits, of which the logistic function is taken first; false unless given. */
  readonly fromLogits?: boolean;
}

/** Options of {@link Precision} and {@link Recall}. */
export interface PrecisionOptions extends ThresholdOptions {
  /**
   * Only so many of the highest predictions along the last axis may be a yes; all unless given. With it, and without
   * `thresholds`, all of those are.
   */
  readonly topK?: number | undefined;
  /** The only class, along the last axis, that is looked at; all unless given. */
  readonly classId?: number | undefined;
}

const some: ValueRange<number | readonly number[]> = {
  text: "to be in [0, 1], or a list of such values",
  has: (value): value is number | readonly number[] =>
    Array.isArray(value) ? value.length > 0 && value.every(ranges.unit.has) : ranges.unit.has(value),
};

/** The row of `fromLogits`. */
export const fromLogits: Option<boolean> = option(ranges.flag, false);

/** The row of `classId`. */
export const classId: Option<number | undefined> = optional(ranges.whole(0));

/** The table of metrics that count. */
export function thresholdTable(name: string): OptionTable<ThresholdOptions> {
  return { thresholds: optional(some), fromLogits, name: named(name) };
}

/** The table of those that look at classes too. */
export function precisionTable(name: string): OptionTable<PrecisionOptions> {
  const { thresholds } = thresholdTable(name);
  return { thresholds, topK: optional(ranges.count), classId, fromLogits, name: named(name) };
}

/** What options say, with the threshold that is meant where none is given. */
export function atThresholds(options: Omit<PrecisionOptions, "name"> & { readonly fromLogits: boolean }): Decision {
  const { thresholds = options.topK === undefined ? 0.5 : -Infinity } = options;
  return { ...options, thresholds: typeof thresholds === "number" ? [thresholds] : [...thresholds] };
}

/** `count` thresholds at equal distances from 0 to 1; 0.5 if it is one. */
export function evenThresholds(count: number): readonly number[] {
  return count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1));
}
