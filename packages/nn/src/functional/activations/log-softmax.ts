import type { Tensor } from "@tapegrad/tensor";
import { type AxisOptions, axisOption } from "./axis-option.ts";

/**
 * Logarithm of the softmax, without underflow.
 *
 * `yᵢ = xᵢ − log Σⱼ exp(xⱼ)`
 *
 * @param x any shape with at least one axis; float dtypes are kept
 * @throws {ShapeError} for an axis that `x` does not have
 * @throws {ValueError} for an unknown option
 *
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // => [-1000, 0]
 */
export function logSoftmax(x: Tensor, options: AxisOptions = {}): Tensor {
  return x.logSoftmax({ axis: axisOption("logSoftmax", x, options) });
}
