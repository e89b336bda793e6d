import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link hardTanh} and {@link HardTanh}. */
export interface HardTanhOptions {
  /** Lower limit; −1 unless given. */
  readonly min?: number;
  /** Upper limit; 1 unless given. */
  readonly max?: number;
}

const table: OptionTable<HardTanhOptions> = { min: option(ranges.finite, -1), max: option(ranges.finite, 1) };

/**
 * The identity, cut off at two limits: `y = min(max(x, min), max)`; unlike `clamp`, the gradient at the limits is 0.
 *
 * @throws {ValueError} for `min` ≥ `max`
 * @example
 * hardTanh(tensor([-2, 0.5, 2])).toArray(); // => [-1, 0.5, 1]
 * new HardTanh().forward(tensor([-2, 0.5])).toArray(); // => [-1, 0.5]
 */
export function hardTanh(x: Tensor, options: HardTanhOptions = {}): Tensor {
  expectTensor("hardTanh", "x", x);
  const { min, max } = settleOptions("hardTanh", options, table);
  if (min >= max) throw new ValueError(`hardTanh: expected min < max, got min ${min} and max ${max}.`);
  return x.maskedFill(x.le(min), min).maskedFill(x.ge(max), max);
}

/** {@link hardTanh} as a layer. */
export class HardTanh extends FunctionLayer<HardTanhOptions> {
  static override readonly name: string = "HardTanh";

  constructor(options: HardTanhOptions = {}) {
    super(hardTanh, table, options);
  }
}
