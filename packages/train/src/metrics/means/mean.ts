import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions, withGradMode } from "@tapegrad/tensor/internal";
import { Accumulator } from "../accumulator.ts";
import type { UpdateOptions } from "../metric.ts";
import { type MetricOptions, nameOf } from "../metric-options.ts";
import { ratio } from "../ratio.ts";
import { updateTable } from "../sample-weight.ts";
import { type MeanSums, meanShapes, meanSums } from "./averaged-metric.ts";

/**
 * The mean of values over batches, `Σ w · v / Σ w`; 0 before the first.
 *
 * @example
 * const mean = new Mean();
 * mean.update(tensor([1, 3, 5, 7]));
 * mean.update(tensor([10]), { sampleWeight: tensor([4]) });
 * mean.result().item(); // => 7
 */
export class Mean extends Accumulator<"total" | "count"> {
  static override readonly name: string = "Mean";

  constructor(options: MetricOptions = {}) {
    super(nameOf("Mean", options, "mean"), meanShapes);
  }

  /** Takes values of any shape into account. */
  update(values: Tensor, options: UpdateOptions = {}): void {
    const settled = settleOptions("Mean.update", options, updateTable);
    expectTensor("Mean.update", "values", values);
    withGradMode(false, () => this.add("Mean.update", meanSums("Mean.update", values, settled)));
  }

  protected override conclude({ total, count }: MeanSums): Tensor {
    return ratio(total, count);
  }
}
