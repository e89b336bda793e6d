import type { Tensor } from "@tapegrad/tensor";
import { expectNumber } from "../expect-number.ts";

/**
 * Replaces everything up to a limit by a constant.
 *
 * `y = x` for `x > limit`, else `value`; the gradient at the limit is 0.
 *
 * @param x any shape; the dtype is kept
 * @throws {ValueError} for a limit or value that is not finite
 *
 * @example
 * threshold(tensor([-1, 2, 8]), 2, -5).toArray(); // => [-5, -5, 8]
 */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  expectNumber("threshold", "limit", limit);
  expectNumber("threshold", "value", value);
  return x.maskedFill(x.le(limit), value);
}
