import { type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";

/** Options of {@link hardTanh}. */
export interface HardTanhOptions {
  /** Lower limit; −1 unless given. */
  readonly min?: number;
  /** Upper limit; 1 unless given. */
  readonly max?: number;
}

/**
 * The identity, cut off at two limits.
 *
 * `y = min(max(x, min), max)`; unlike `clamp`, the gradient at the limits is 0.
 *
 * @param x any shape; the dtype is kept
 * @throws {ValueError} for an unknown option or `min` ≥ `max`
 *
 * @example
 * hardTanh(tensor([-2, 0.5, 2])).toArray(); // => [-1, 0.5, 1]
 */
export function hardTanh(x: Tensor, options: HardTanhOptions = {}): Tensor {
  checkOptions("hardTanh", options, ["min", "max"]);
  const { min = -1, max = 1 } = options;
  expectNumber("hardTanh", "min", min);
  expectNumber("hardTanh", "max", max);
  if (min >= max) throw new ValueError(`hardTanh: expected min < max, got min ${min} and max ${max}.`);
  return x.maskedFill(x.le(min), min).maskedFill(x.ge(max), max);
}
