import { type Tensor, where } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, required, settleOptions } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { precisionOf, recallOf, specificityOf } from "./precision.ts";
import { type Count, ThresholdMetric } from "./threshold-metric.ts";
import { classId, evenThresholds, fromLogits } from "./threshold-options.ts";

/** Options of metrics that look for the best of many thresholds. */
export interface ConstraintOptions extends MetricOptions {
  /** How many thresholds, at equal distances in [0, 1], are tried; 200 unless given. */
  readonly numThresholds?: number;
  /** The only class, along the last axis, that is looked at; all unless given. */
  readonly classId?: number | undefined;
  /** Whether predictions are logits, of which the logistic function is taken first; false unless given. */
  readonly fromLogits?: boolean;
}

const tableOf = (name: string): OptionTable<ConstraintOptions> => ({
  numThresholds: option(ranges.count, 200),
  classId,
  fromLogits,
  name: named(name),
});

type Figure = (sums: Sums<Count>) => Tensor;

/** The highest `best` among thresholds where `bound` is at least `value`; 0 if there is none. */
abstract class ConstraintMetric extends ThresholdMetric {
  readonly #best: Figure;
  readonly #bound: Figure;
  readonly #value: number;

  constructor(
    options: Omit<Required<ConstraintOptions>, "classId"> & ConstraintOptions,
    best: Figure,
    bound: Figure,
    value: number,
  ) {
    super(options.name, { ...options, thresholds: evenThresholds(options.numThresholds) });
    this.#best = best;
    this.#bound = bound;
    this.#value = value;
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    return where(this.#bound(sums).ge(this.#value), this.#best(sums), 0).max();
  }
}

/** Options of {@link SensitivityAtSpecificity}. */
export interface SensitivityAtSpecificityOptions extends ConstraintOptions {
  /** What the specificity must be at least, in [0, 1]. */
  readonly specificity: number;
}

/**
 * The highest sensitivity, `TP / (TP + FN)`, at a threshold where the specificity, `TN / (TN + FP)`, is at least the
 * given one; 0 if there is none.
 *
 * @example
 * const metric = new SensitivityAtSpecificity({ specificity: 0.5 });
 * metric.update(tensor([0, 0.3, 0.8, 0.3, 0.8]), tensor([0, 0, 0, 1, 1]));
 * metric.result().item(); // => 0.5
 */
export class SensitivityAtSpecificity extends ConstraintMetric {
  static override readonly name: string = "SensitivityAtSpecificity";

  constructor(options: SensitivityAtSpecificityOptions) {
    const table: OptionTable<SensitivityAtSpecificityOptions> = {
      specificity: required(ranges.unit),
      ...tableOf("sensitivityAtSpecificity"),
    };
    const settled = settleOptions("SensitivityAtSpecificity", options, table);
    super(settled, recallOf, specificityOf, settled.specificity);
  }
}

/** Options of {@link SpecificityAtSensitivity}. */
export interface SpecificityAtSensitivityOptions extends ConstraintOptions {
  /** What the sensitivity must be at least, in [0, 1]. */
  readonly sensitivity: number;
}

/**
 * The highest specificity, `TN / (TN + FP)`, at a threshold where the sensitivity, `TP / (TP + FN)`, is at least the
 * given one; 0 if there is none.
 *
 * @example
 * const metric = new SpecificityAtSensitivity({ sensitivity: 0.5 });
 * metric.update(tensor([0, 0.3, 0.8, 0.3, 0.8]), tensor([0, 0, 0, 1, 1]));
 * metric.result().item(); // => 0.66667
 */
export class SpecificityAtSensitivity extends ConstraintMetric {
  static override readonly name: string = "SpecificityAtSensitivity";

  constructor(options: SpecificityAtSensitivityOptions) {
    const table: OptionTable<SpecificityAtSensitivityOptions> = {
      sensitivity: required(ranges.unit),
      ...tableOf("specificityAtSensitivity"),
    };
    const settled = settleOptions("SpecificityAtSensitivity", options, table);
    super(settled, specificityOf, recallOf, settled.sensitivity);
  }
}

/** Options of {@link PrecisionAtRecall}. */
export interface PrecisionAtRecallOptions extends ConstraintOptions {
  /** What the recall must be at least, in [0, 1]. */
  readonly recall: number;
}

/**
 * The highest precision, `TP / (TP + FP)`, at a threshold where the recall, `TP / (TP + FN)`, is at least the given one; 0
 * if there is none.
 *
 * @example
 * const metric = new PrecisionAtRecall({ recall: 0.5 });
 * metric.update(tensor([0, 0.3, 0.8, 0.3, 0.8]), tensor([0, 0, 0, 1, 1]));
 * metric.result().item(); // => 0.5
 */
export class PrecisionAtRecall extends ConstraintMetric {
  static override readonly name: string = "PrecisionAtRecall";

  constructor(options: PrecisionAtRecallOptions) {
    const table: OptionTable<PrecisionAtRecallOptions> = {
      recall: required(ranges.unit),
      ...tableOf("precisionAtRecall"),
    };
    const settled = settleOptions("PrecisionAtRecall", options, table);
    super(settled, precisionOf, recallOf, settled.recall);
  }
}

/** Options of {@link RecallAtPrecision}. */
export interface RecallAtPrecisionOptions extends ConstraintOptions {
  /** What the precision must be at least, in [0, 1]. */
  readonly precision: number;
}

/**
 * The highest recall, `TP / (TP + FN)`, at a threshold where the precision, `TP / (TP + FP)`, is at least the given one; 0
 * if there is none.
 *
 * @example
 * const metric = new RecallAtPrecision({ precision: 0.8 });
 * metric.update(tensor([0, 0.5, 0.3, 0.9]), tensor([0, 0, 1, 1]));
 * metric.result().item(); // => 0.5
 */
export class RecallAtPrecision extends ConstraintMetric {
  static override readonly name: string = "RecallAtPrecision";

  constructor(options: RecallAtPrecisionOptions) {
    const table: OptionTable<RecallAtPrecisionOptions> = {
      precision: required(ranges.unit),
      ...tableOf("recallAtPrecision"),
    };
    const settled = settleOptions("RecallAtPrecision", options, table);
    super(settled, recallOf, precisionOf, settled.precision);
  }
}
