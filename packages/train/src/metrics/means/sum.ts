import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions, withGradMode } from "@tapegrad/tensor/internal";
import { Accumulator, type Sums } from "../accumulator.ts";
import type { UpdateOptions } from "../metric.ts";
import { type MetricOptions, nameOf } from "../metric-options.ts";
import { updateTable, weighted, weightOf } from "../sample-weight.ts";

/**
 * The sum of values over batches, `Σ w · v`
 *
 * @example
 * const sum = new Sum();
 * sum.update(tensor([1, 3, 5, 7]));
 * sum.update(tensor([10]), { sampleWeight: tensor([0.5]) });
 * sum.result().item(); // => 21
 */
export class Sum extends Accumulator<"total"> {
  static override readonly name: string = "Sum";

  constructor(options: MetricOptions = {}) {
    super(nameOf("Sum", options, "sum"), { total: [] });
  }

  /** Takes values of any shape into account. */
  update(values: Tensor, options: UpdateOptions = {}): void {
    const settled = settleOptions("Sum.update", options, updateTable);
    expectTensor("Sum.update", "values", values);
    withGradMode(false, () => {
      const weight = weightOf("Sum.update", values.shape, settled);
      this.add("Sum.update", { total: weighted(values, weight).sum() });
    });
  }

  protected override conclude({ total }: Sums<"total">): Tensor {
    return total;
  }
}
