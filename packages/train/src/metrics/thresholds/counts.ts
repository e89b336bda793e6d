import type { Tensor } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { atThresholds, type ThresholdOptions, thresholdTable } from "./threshold-options.ts";
import { type Count, ThresholdMetric } from "./threshold-metric.ts";
import { single } from "./single.ts";

/** The sum of one kind of answers. */
abstract class CountMetric extends ThresholdMetric {
  readonly #count: Count;

  constructor(Class: string, count: Count, options: ThresholdOptions) {
    const { name, ...decision } = settleOptions(Class, options, thresholdTable(count));
    super(name, atThresholds(decision));
    this.#count = count;
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    return single(sums[this.#count]);
  }
}

/**
 * How many yes are right: `Σ w` where `p > threshold` and the target is 1; one number for each threshold.
 *
 * @example
 * const metric = new TruePositives();
 * metric.update(tensor([1, 0, 1, 1]), tensor([0, 1, 1, 1]));
 * metric.result().item(); // => 2
 */
export class TruePositives extends CountMetric {
  static override readonly name: string = "TruePositives";

  constructor(options: ThresholdOptions = {}) {
    super("TruePositives", "truePositives", options);
  }
}

/**
 * How many yes are wrong: `Σ w` where `p > threshold` and the target is 0; one number for each threshold.
 *
 * @example
 * const metric = new FalsePositives();
 * metric.update(tensor([0, 0, 1, 1]), tensor([0, 1, 0, 0]));
 * metric.result().item(); // => 2
 */
export class FalsePositives extends CountMetric {
  static override readonly name: string = "FalsePositives";

  constructor(options: ThresholdOptions = {}) {
    super("FalsePositives", "falsePositives", options);
  }
}

/**
 * How many no are right: `Σ w` where `p ≤ threshold` and the target is 0; one number for each threshold.
 *
 * @example
 * const metric = new TrueNegatives();
 * metric.update(tensor([1, 1, 0, 0]), tensor([0, 1, 0, 0]));
 * metric.result().item(); // => 2
 */
export class TrueNegatives extends CountMetric {
  static override readonly name: string = "TrueNegatives";

  constructor(options: ThresholdOptions = {}) {
    super("TrueNegatives", "trueNegatives", options);
  }
}

/**
 * How many no are wrong: `Σ w` where `p ≤ threshold` and the target is 1; one number for each threshold.
 *
 * @example
 * const metric = new FalseNegatives();
 * metric.update(tensor([0, 1, 0, 0]), tensor([0, 1, 1, 1]));
 * metric.result().item(); // => 2
 */
export class FalseNegatives extends CountMetric {
  static override readonly name: string = "FalseNegatives";

  constructor(options: ThresholdOptions = {}) {
    super("FalseNegatives", "falseNegatives", options);
  }
}
