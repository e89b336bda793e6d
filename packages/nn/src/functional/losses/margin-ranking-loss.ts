import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";
import { checkSides } from "./check-sides.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/** Options of {@link marginRankingLoss}. */
export interface MarginRankingLossOptions extends ReductionOptions {
  /** Difference from which a right order costs nothing; 0 unless given. */
  readonly margin?: number;
}

/**
 * Orders pairs of scores: the first one shall be larger where the target is 1, smaller where it is −1.
 *
 * `ℓ = max(0, margin − t · (x₁ − x₂))`
 *
 * @param first scores of any shape
 * @param second scores of the same shape
 * @param target 1 or −1 for each pair, the same shape
 * @returns shape `[]`, or that of the scores with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {DTypeError} if the scores are not float
 * @throws {ValueError} for a target other than 1 and −1 or unknown options
 *
 * Herbrich, Graepel and Obermayer, Support vector learning for ordinal regression (1999),
 * https://doi.org/10.1049/cp:19991091
 *
 * @example
 * marginRankingLoss(tensor([3, 1]), tensor([1, 2]), tensor([1, 1]), { margin: 0.5, reduction: "none" }).toArray(); // => [0, 1.5]
 */
export function marginRankingLoss(
  first: Tensor,
  second: Tensor,
  target: Tensor,
  options: MarginRankingLossOptions = {},
): Tensor {
  checkOptions("marginRankingLoss", options, ["margin", "reduction"]);
  const { margin = 0, reduction = "mean" } = options;
  checkReduction("marginRankingLoss", reduction);
  expectNumber("marginRankingLoss", "margin", margin);
  checkFloat("marginRankingLoss", "first input", first);
  checkFloat("marginRankingLoss", "second input", second);
  checkSameShape("marginRankingLoss", first, second, "second input");
  checkSameShape("marginRankingLoss", first, target);
  checkSides("marginRankingLoss", target);
  return reduce(second.sub(first).mul(target).add(margin).clamp(0), reduction);
}
