import { type Tensor, where } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";
import { checkSameShape } from "./check-target.ts";
import { bend } from "./huber-loss.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends ReductionOptions {
  /** Error below which the loss is quadratic, in units of the target; 1 unless given. 0 is the absolute error. */
  readonly beta?: number;
}

/**
 * Absolute error with a quadratic bottom: the Huber loss divided by its `delta`.
 *
 * `ℓ = d² / (2·beta)` for `|d| < beta`, else `|d| − beta/2`, with `d = x − t`
 *
 * @param input any shape
 * @param target the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for a negative `beta` or unknown options
 *
 * Girshick, Fast R-CNN (2015), https://arxiv.org/abs/1504.08083
 *
 * @example
 * smoothL1Loss(tensor([1.5, 5]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0.125, 2.5]
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
  const { beta = 1, reduction = "mean" } = options;
  checkReduction("smoothL1Loss", reduction);
  expectNumber("smoothL1Loss", "beta", beta, "≥ 0", (value) => value >= 0);
  checkSameShape("smoothL1Loss", input, target);
  if (beta === 0) return reduce(input.sub(target).abs(), reduction);
  const { near, squared, distance } = bend(input, target, beta);
  return reduce(where(near, squared.mul(0.5 / beta), distance.sub(beta / 2)), reduction);
}
