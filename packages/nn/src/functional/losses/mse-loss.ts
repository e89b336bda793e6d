import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkSameShape } from "./check-target.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/**
 * Squared error.
 *
 * `ℓ = (x − t)²`
 *
 * @param input any shape
 * @param target the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for unknown options
 *
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 */
export function mseLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  checkOptions("mseLoss", options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction("mseLoss", reduction);
  checkSameShape("mseLoss", input, target);
  return reduce(input.sub(target).square(), reduction);
}
