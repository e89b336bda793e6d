import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { shrunk } from "./shrink.ts";

/** Options of {@link softShrink} and {@link SoftShrink}. */
export interface SoftShrinkOptions {
  /** Magnitude up to which all becomes 0; 0.5 unless given. */
  readonly lambda?: number;
}

const table: OptionTable<SoftShrinkOptions> = { lambda: option(ranges.nonNegative, 0.5) };

/**
 * Numbers come closer to 0 by a magnitude, and no further: `y = x − lambda` for `x > lambda`, `x + lambda` for
 * `x < −lambda`, else 0; the gradient at both limits is 0.
 *
 * @see Donoho, De-Noising by Soft-Thresholding (1995), https://doi.org/10.1109/18.382009
 * @example
 * softShrink(tensor([-2, 0.3, 0.5])).toArray(); // => [-1.5, 0, 0]
 * new SoftShrink({ lambda: 1 }).forward(tensor([1, 3])).toArray(); // => [0, 2]
 */
export function softShrink(x: Tensor, options: SoftShrinkOptions = {}): Tensor {
  expectTensor("softShrink", "x", x);
  const { lambda } = settleOptions("softShrink", options, table);
  return shrunk(x, lambda, lambda);
}

/** {@link softShrink} as a layer. */
export class SoftShrink extends FunctionLayer<SoftShrinkOptions> {
  static override readonly name: string = "SoftShrink";

  constructor(options: SoftShrinkOptions = {}) {
    super(softShrink, table, options);
  }
}
