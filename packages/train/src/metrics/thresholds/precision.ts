import type { Tensor } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { ratio } from "../ratio.ts";
import { single } from "./single.ts";
import { type Count, ThresholdMetric } from "./threshold-metric.ts";
import { atThresholds, type PrecisionOptions, precisionTable } from "./threshold-options.ts";

/**
 * Which part of the yes is right: `TP / (TP + FP)`, 0 if there is none; one number for each threshold.
 *
 * Predictions are probabilities, or logits with `fromLogits`; the target has their shape and is 0 or 1.
 *
 * @example
 * const metric = new Precision();
 * metric.update(tensor([1, 0, 1, 1]), tensor([0, 1, 1, 1]));
 * metric.result().item(); // => 0.66667
 */
export class Precision extends ThresholdMetric {
  static override readonly name: string = "Precision";

  constructor(options: PrecisionOptions = {}) {
    const { name, ...decision } = settleOptions("Precision", options, precisionTable("precision"));
    super(name, atThresholds(decision));
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    return single(precisionOf(sums));
  }
}

/**
 * Which part of what is true was found: `TP / (TP + FN)`, 0 if nothing is; one number for each threshold.
 *
 * Predictions are probabilities, or logits with `fromLogits`; the target has their shape and is 0 or 1.
 *
 * @example
 * const metric = new Recall();
 * metric.update(tensor([0, 0, 1, 1]), tensor([0, 1, 1, 1]));
 * metric.result().item(); // => 0.66667
 */
export class Recall extends ThresholdMetric {
  static override readonly name: string = "Recall";

  constructor(options: PrecisionOptions = {}) {
    const { name, ...decision } = settleOptions("Recall", options, precisionTable("recall"));
    super(name, atThresholds(decision));
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    return single(recallOf(sums));
  }
}

/** `TP / (TP + FP)` at each threshold. */
export function precisionOf({ truePositives, falsePositives }: Sums<Count>): Tensor {
  return ratio(truePositives, truePositives.add(falsePositives));
}

/** `TP / (TP + FN)` at each threshold: the sensitivity. */
export function recallOf({ truePositives, falseNegatives }: Sums<Count>): Tensor {
  return ratio(truePositives, truePositives.add(falseNegatives));
}

/** `TN / (TN + FP)` at each threshold. */
export function specificityOf({ trueNegatives, falsePositives }: Sums<Count>): Tensor {
  return ratio(trueNegatives, trueNegatives.add(falsePositives));
}
