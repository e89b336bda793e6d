import { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";

/** Options of {@link Buffer}. */
export interface BufferOptions {
  /** Whether `stateDict` includes it; true unless given. */
  readonly persistent?: boolean;
}

const table: OptionTable<BufferOptions> = { persistent: option(ranges.flag, true) };

/**
 * A tensor that belongs to a `Module` but is not trained, such as a running statistic.
 *
 * Shares the storage of `value`. Change it with `assign`, which is not recorded.
 *
 * @param value initial elements, any dtype
 * @example
 * const runningMean = new Buffer(zeros([3]));
 * runningMean.requiresGrad; // => false
 */
export class Buffer extends Tensor {
  static override readonly name: string = "Buffer";

  /** Whether `stateDict` includes it. */
  readonly persistent: boolean;

  constructor(value: Tensor, options: BufferOptions = {}) {
    const { persistent } = settleOptions("Buffer", options, table);
    expectTensor("Buffer", "value", value);
    super(value.storage, value.shape);
    this.persistent = persistent;
  }
}
