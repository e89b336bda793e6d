import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions, withGradMode } from "@tapegrad/tensor/internal";
import { Accumulator, type Sums } from "./accumulator.ts";
import type { Metric, UpdateOptions } from "./metric.ts";
import { counted, updateTable, weightOf } from "./sample-weight.ts";

/** A metric of predictions and targets that is computed of sums over batches. */
export abstract class BatchMetric<N extends string> extends Accumulator<N> implements Metric {
  static override readonly name: string = "BatchMetric";

  /**
   * The sums of one batch, float64. The target is 0 where it does not count, so that nobody looks at it.
   *
   * @param fn what messages call the method that was called
   */
  protected abstract measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<N>;

  /** Takes a batch into account. */
  update(predictions: Tensor, target: Tensor, options: UpdateOptions = {}): void {
    const fn = `${this.constructor.name}.update`;
    withGradMode(false, () => this.add(fn, this.#measured(fn, predictions, target, options)));
  }

  /** The figure of one batch alone, a float64 tensor; nothing is gathered. */
  of(predictions: Tensor, target: Tensor, options: UpdateOptions = {}): Tensor {
    const fn = `${this.constructor.name}.of`;
    return withGradMode(false, () => this.conclude(this.#measured(fn, predictions, target, options)));
  }

  #measured(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<N> {
    const settled = settleOptions(fn, options, updateTable);
    expectTensor(fn, "predictions", predictions);
    expectTensor(fn, "target", target);
    return this.measure(fn, predictions, counted(target, weightOf(fn, target.shape, settled)), settled);
  }
}
