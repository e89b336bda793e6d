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
