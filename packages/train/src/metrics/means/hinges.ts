import { functional } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { type MetricOptions, nameOf } from "../metric-options.ts";
import { AveragedMetric } from "./averaged-metric.ts";
import { LossMetric } from "./loss-metric.ts";

/**
 * `mean max(0, 1 − t · p)`, where a target of 0 stands for −1
 *
 * @example
 * const metric = new Hinge();
 * metric.update(tensor([0.5, 0.5, 2]), tensor([1, -1, 1]));
 * metric.result().item(); // => 0.66667
 */
export class Hinge extends LossMetric {
  static override readonly name: string = "Hinge";

  constructor(options: MetricOptions = {}) {
    super(nameOf("Hinge", options, "hinge"), functional.hingeLoss);
  }
}

/**
 * `mean max(0, 1 − t · p)²`, where a target of 0 stands for −1
 *
 * @example
 * const metric = new SquaredHinge();
 * metric.update(tensor([0.5, 0.5, 2]), tensor([1, -1, 1]));
 * metric.result().item(); // => 0.83333
 */
export class SquaredHinge extends LossMetric {
  static override readonly name: string = "SquaredHinge";

  constructor(options: MetricOptions = {}) {
    super(nameOf("SquaredHinge", options, "squaredHinge"), functional.squaredHingeLoss);
  }
}

/**
 * `mean max(0, 1 + max_c (1 − t[c]) · p[c] − Σ_c t[c] · p[c])`, with classes along axis 1 and a target that is one-hot or
 * classes, int32
 *
 * @example
 * const metric = new CategoricalHinge();
 * metric.update(tensor([[0.5, 2, 1], [0.5, 2, 1]]), tensor([2, 1], { dtype: "int32" }));
 * metric.result().item(); // => 1
 */
export class CategoricalHinge extends AveragedMetric {
  static override readonly name: string = "CategoricalHinge";

  constructor(options: MetricOptions = {}) {
    super(nameOf("CategoricalHinge", options, "categoricalHinge"));
  }

  protected override values(_fn: string, predictions: Tensor, target: Tensor): Tensor {
    return functional.categoricalHingeLoss(predictions, target, { reduction: "none" });
  }
}
