import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { shrunk } from "./shrink.ts";

/** Options of {@link hardShrink} and {@link HardShrink}. */
export interface HardShrinkOptions {
  /** Magnitude up to which all becomes 0; 0.5 unless given. */
  readonly lambda?: number;
}

const table: OptionTable<HardShrinkOptions> = { lambda: option(ranges.nonNegative, 0.5) };

/**
 * Numbers up to a magnitude become 0, the others stay: `y = x` for `|x| > lambda`, else 0; the gradient at both limits is 0.
 *
 * @see Donoho and Johnstone, Ideal Spatial Adaptation by Wavelet Shrinkage (1994), https://doi.org/10.1093/biomet/81.3.425
 * @example
 * hardShrink(tensor([-2, 0.3, 0.5])).toArray(); // => [-2, 0, 0]
 * new HardShrink({ lambda: 1 }).forward(tensor([1, 3])).toArray(); // => [0, 3]
 */
export function hardShrink(x: Tensor, options: HardShrinkOptions = {}): Tensor {
  expectTensor("hardShrink", "x", x);
  const { lambda } = settleOptions("hardShrink", options, table);
  return shrunk(x, lambda, 0);
}

/** {@link hardShrink} as a layer. */
export class HardShrink extends FunctionLayer<HardShrinkOptions> {
  static override readonly name: string = "HardShrink";

  constructor(options: HardShrinkOptions = {}) {
    super(hardShrink, table, options);
  }
}
