import type { Stateful, Tensor } from "@tapegrad/tensor";

/** What an update of a {@link Metric} may be told besides predictions and target. */
export interface UpdateOptions {
  /** How much each sample, or each element, counts: the leading axes of the target; 1 unless given. */
  readonly sampleWeight?: Tensor | undefined;
  /** Which samples, or elements, count at all; all unless given. */
  readonly mask?: Tensor | undefined;
}

/**
 * A figure that is gathered over batches.
 *
 * What it has gathered are tensors changed by `assign`, so that `update` may run inside a compiled function.
 */
export interface Metric extends Stateful<object> {
  /** What it is called in logs: `"accuracy"`. */
  readonly name: string;
  /** Takes a batch into account. */
  update(predictions: Tensor, target: Tensor, options?: UpdateOptions): void;
  /** The figure over all batches since the last reset; NaN or what the metric says before the first. */
  result(): Tensor;
  /** Forgets all batches. */
  reset(): void;
}
