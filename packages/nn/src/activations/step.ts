import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link step} and {@link Step}. */
export interface StepOptions {
  /** Up to where the result is 0; 0 unless given. */
  readonly threshold?: number;
}

const table: OptionTable<StepOptions> = { threshold: option(ranges.finite, 0) };

/**
 * Heaviside's step: `y = 0` for `x ≤ threshold`, else 1; NaN stays NaN. Its gradient is 0 everywhere, so that nothing
 * before it learns.
 *
 * @example
 * step(tensor([-1, 0, 2])).toArray(); // => [0, 0, 1]
 * new Step({ threshold: 1 }).forward(tensor([0.5, 2])).toArray(); // => [0, 1]
 */
export function step(x: Tensor, options: StepOptions = {}): Tensor {
  expectTensor("step", "x", x);
  const { threshold } = settleOptions("step", options, table);
  return x.maskedFill(x.gt(threshold), 1).maskedFill(x.le(threshold), 0);
}

/** {@link step} as a layer. */
export class Step extends FunctionLayer<StepOptions> {
  static override readonly name: string = "Step";

  constructor(options: StepOptions = {}) {
    super(step, table, options);
  }
}
