import { type Tensor, where } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";
import { checkSameShape } from "./check-target.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends ReductionOptions {
  /** Error up to which the loss is quadratic, in units of the target; 1 unless given. */
  readonly delta?: number;
}

/**
 * Squared error near the target, absolute error far from it.
 *
 * `ℓ = d²/2` for `|d| ≤ delta`, else `delta · (|d| − delta/2)`, with `d = x − t`
 *
 * @param input any shape
 * @param target the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for `delta` ≤ 0 or unknown options
 *
 * Huber, Robust Estimation of a Location Parameter (1964), https://doi.org/10.1214/aoms/1177703732
 *
 * @example
 * huberLoss(tensor([1.5, 5]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0.125, 2.5]
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  checkOptions("huberLoss", options, ["delta", "reduction"]);
  const { delta = 1, reduction = "mean" } = options;
  checkReduction("huberLoss", reduction);
  expectNumber("huberLoss", "delta", delta, "> 0", (value) => value > 0);
  checkSameShape("huberLoss", input, target);
  const { near, squared, distance } = bend(input, target, delta);
  const losses = where(near, squared.mul(0.5), distance.sub(delta / 2).mul(delta));
  return reduce(losses, reduction);
}

/** Which errors are quadratic, the squares of those (0 elsewhere), and all magnitudes. */
export function bend(
  input: Tensor,
  target: Tensor,
  width: number,
): { readonly near: Tensor; readonly squared: Tensor; readonly distance: Tensor } {
  const error = input.sub(target);
  const distance = error.abs();
  const far = distance.gt(width);
  // Squares of far errors may overflow, and ∞ · 0 would reach the gradient.
  return { near: far.logicalNot(), squared: error.maskedFill(far, 0).square(), distance };
}
