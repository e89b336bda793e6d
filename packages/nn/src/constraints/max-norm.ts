import { expectTensor, expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { ConstraintFunction } from "./constraint.ts";
import { lengths, type LengthOptions, lengthTable, scaleTo } from "./lengths.ts";

/**
 * Shortens vectors that are longer than `max`: `w · min(‖w‖, max) / (‖w‖ + 1e-7)`.
 *
 * The vectors are the weights into one output unit: rows of the layout `[out, in]`. Keras' axis 0 means the same of its
 * kernels `[in, out]`.
 *
 * @param max 2 unless given, as in Keras
 * @throws {ValueError} for a length that is negative or no finite number
 * @throws {ShapeError} for an axis that the weight does not have
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 * @example
 * constraints.maxNorm(1)(tensor([[3, 4], [0.3, 0.4]])).toArray(); // => [[0.6, 0.8], [0.3, 0.4]]
 */
export function maxNorm(max: number = 2, options: LengthOptions = {}): ConstraintFunction {
  expectValue("maxNorm", "max", max, ranges.nonNegative);
  const { axis } = settleOptions("maxNorm", options, lengthTable);
  return (weight) => {
    expectTensor("maxNorm", "weight", weight);
    const actual = lengths(weight, axis);
    return scaleTo(weight, actual.minimum(max), actual);
  };
}
