import { functional } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import { type AlongAxisOptions, alongAxisTable } from "./along-axis.ts";
import { AveragedMetric } from "./averaged-metric.ts";
import { paired } from "../paired.ts";

/**
 * The cosine of the angle between predictions and target along an axis, `p · t / (|p| · |t|)`, as the mean over samples
 *
 * @example
 * const metric = new CosineSimilarity();
 * metric.update(tensor([[1, 0], [1, 1]]), tensor([[0, 1], [1, 1]]));
 * metric.result().item(); // => 0.5
 */
export class CosineSimilarity extends AveragedMetric {
  static override readonly name: string = "CosineSimilarity";

  readonly #axis: number;

  constructor(options: AlongAxisOptions = {}) {
    const { name, axis } = settleOptions("CosineSimilarity", options, alongAxisTable("cosineSimilarity"));
    super(name);
    this.#axis = axis;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const [p, t] = paired(fn, predictions, target);
    return functional.cosineSimilarityLoss(p, t, { axis: this.#axis, reduction: "none" }).neg();
  }
}
