import { functional } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { type MetricOptions, nameOf } from "../metric-options.ts";
import type { MeanSums } from "./averaged-metric.ts";
import { LossMetric } from "./loss-metric.ts";

/**
 * `mean (p − t)²`
 *
 * @example
 * const metric = new MeanSquaredError();
 * metric.update(tensor([[1, 1], [0, 0]]), tensor([[0, 1], [0, 0]]));
 * metric.result().item(); // => 0.25
 */
export class MeanSquaredError extends LossMetric {
  static override readonly name: string = "MeanSquaredError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("MeanSquaredError", options, "meanSquaredError"), functional.mseLoss);
  }
}

/**
 * `√ mean (p − t)²`
 *
 * @example
 * const metric = new RootMeanSquaredError();
 * metric.update(tensor([[1, 1], [0, 0]]), tensor([[0, 1], [0, 0]]));
 * metric.result().item(); // => 0.5
 */
export class RootMeanSquaredError extends LossMetric {
  static override readonly name: string = "RootMeanSquaredError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("RootMeanSquaredError", options, "rootMeanSquaredError"), functional.mseLoss);
  }

  protected override conclude(sums: MeanSums): Tensor {
    return super.conclude(sums).sqrt();
  }
}

/**
 * `mean |p − t|`
 *
 * @example
 * const metric = new MeanAbsoluteError();
 * metric.update(tensor([[1, 1], [0, 0]]), tensor([[0, 1], [0, 0]]));
 * metric.result().item(); // => 0.25
 */
export class MeanAbsoluteError extends LossMetric {
  static override readonly name: string = "MeanAbsoluteError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("MeanAbsoluteError", options, "meanAbsoluteError"), functional.l1Loss);
  }
}

/**
 * `mean 100 · |p − t| / max(|t|, 1e-7)`, in percent
 *
 * @example
 * const metric = new MeanAbsolutePercentageError();
 * metric.update(tensor([1.5, 3]), tensor([1, 4]));
 * metric.result().item(); // => 37.5
 */
export class MeanAbsolutePercentageError extends LossMetric {
  static override readonly name: string = "MeanAbsolutePercentageError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("MeanAbsolutePercentageError", options, "meanAbsolutePercentageError"), functional.mapeLoss);
  }
}

/**
 * `mean (log(1 + p) − log(1 + t))²`, of numbers below 0 as of 0
 *
 * @example
 * const metric = new MeanSquaredLogarithmicError();
 * metric.update(tensor([0, 7]), tensor([1, 7]));
 * metric.result().item(); // => 0.24023
 */
export class MeanSquaredLogarithmicError extends LossMetric {
  static override readonly name: string = "MeanSquaredLogarithmicError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("MeanSquaredLogarithmicError", options, "meanSquaredLogarithmicError"), functional.msleLoss);
  }
}

/**
 * `mean log cosh(p − t)`
 *
 * @example
 * const metric = new LogCoshError();
 * metric.update(tensor([1, 0]), tensor([0, 0]));
 * metric.result().item(); // => 0.21689
 */
export class LogCoshError extends LossMetric {
  static override readonly name: string = "LogCoshError";

  constructor(options: MetricOptions = {}) {
    super(nameOf("LogCoshError", options, "logCoshError"), functional.logCoshLoss);
  }
}
