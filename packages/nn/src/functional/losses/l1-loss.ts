import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkSameShape } from "./check-target.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/**
 * Absolute error.
 *
 * `ℓ = |x − t|`, with gradient 0 where both are equal
 *
 * @param input any shape
 * @param target the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for unknown options
 *
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 */
export function l1Loss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  checkOptions("l1Loss", options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction("l1Loss", reduction);
  checkSameShape("l1Loss", input, target);
  return reduce(input.sub(target).abs(), reduction);
}
