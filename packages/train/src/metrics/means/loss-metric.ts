import type { functional } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { paired } from "../paired.ts";
import { AveragedMetric } from "./averaged-metric.ts";

/** The mean of a loss whose predictions and targets have one shape. */
export abstract class LossMetric extends AveragedMetric {
  static override readonly name: string = "LossMetric";

  readonly #loss: functional.LossFunction;

  constructor(name: string, loss: functional.LossFunction) {
    super(name);
    this.#loss = loss;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    return this.#loss(...paired(fn, predictions, target), { reduction: "none" });
  }
}
