import type { Tensor } from "@tapegrad/tensor";
import { optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** Options of the constraints of lengths. */
export interface LengthOptions {
  /**
   * The axes of the vectors whose length counts; unless given, all but the first, which are the weights into one output
   * unit in the layout `[out, in, ...]`. A weight of one axis is one vector.
   */
  readonly axis?: number | readonly number[] | undefined;
}

/** {@link LengthOptions}, row by row. */
export const lengthTable: OptionTable<LengthOptions> = { axis: optional(ranges.orListOf(ranges.integer)) };

/** Lengths of the vectors in a weight, to be broadcast to it. */
export function lengths(weight: Tensor, axis: LengthOptions["axis"]): Tensor {
  const into = weight.shape.map((_, i) => i).slice(weight.ndim < 2 ? 0 : 1);
  return weight.norm({ axis: axis ?? into, keepDims: true });
}

/** The weight with vectors of the lengths `wanted`; those of no length stay. */
export function scaleTo(weight: Tensor, wanted: Tensor | number, actual: Tensor): Tensor {
  // Keras' epsilon, which leaves vectors of zeros what they are.
  return weight.mul(actual.add(1e-7).reciprocal().mul(wanted));
}
