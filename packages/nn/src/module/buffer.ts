import { Tensor } from "@tapegrad/tensor";

/** Options of {@link Buffer}. */
export interface BufferOptions {
  /** Whether `stateDict` includes it; true unless given. */
  readonly persistent?: boolean;
}

/**
 * A tensor that belongs to a {@link Module} but is not trained, such as a running statistic.
 *
 * Shares the storage of `value`. Change it with `assign`, which is not recorded.
 *
 * @param value initial elements, any dtype
 * @example
 * const runningMean = new Buffer(zeros([3]));
 * runningMean.requiresGrad; // => false
 */
export class Buffer extends Tensor {
  /** Whether `stateDict` includes it. */
  readonly persistent: boolean;

  constructor(value: Tensor, options: BufferOptions = {}) {
    super(value.storage, value.shape);
    this.persistent = options.persistent ?? true;
  }
}
