import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import type { ConstraintFunction } from "./constraint.ts";
import { lengths, type LengthOptions, lengthTable, scaleTo } from "./lengths.ts";

/**
 * Gives vectors the length 1: `w / (‖w‖ + 1e-7)`. The vectors are the weights into one output unit, rows of the layout
 * `[out, in]`, as Keras' axis 0 means of its kernels `[in, out]`.
 *
 * @throws {ShapeError} for an axis that the weight does not have
 * @see Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868 (lengths and directions apart)
 * @example
 * constraints.unitNorm()(tensor([[3, 4], [0, 0]])).toArray(); // => [[0.6, 0.8], [0, 0]]
 * constraints.unitNorm({ axis: 0 })(tensor([[3], [4]])).toArray(); // => [[0.6], [0.8]]
 */
export function unitNorm(options: LengthOptions = {}): ConstraintFunction {
  const { axis } = settleOptions("unitNorm", options, lengthTable);
  return (weight) => {
    expectTensor("unitNorm", "weight", weight);
    return scaleTo(weight, 1, lengths(weight, axis));
  };
}
