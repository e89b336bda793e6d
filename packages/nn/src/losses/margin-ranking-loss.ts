import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkPlusMinusOne, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link marginRankingLoss}. */
export interface MarginRankingLossOptions extends ReductionOptions {
  /** Difference from which a right order costs nothing; 0 unless given. */
  readonly margin?: number;
}

const table: OptionTable<MarginRankingLossOptions> = { margin: option(ranges.finite, 0), reduction };

/**
 * Orders pairs of scores: the first one shall be larger where the target is 1, smaller where it is −1.
 * `ℓ = max(0, margin − t · (x₁ − x₂))`
 *
 * @param first scores of any shape
 * @param second scores of the same shape
 * @param target 1 or −1 for each pair, the same shape
 * @throws {ValueError} for a target other than 1 and −1
 * @see Herbrich, Graepel and Obermayer, Support vector learning for ordinal regression (1999),
 * https://doi.org/10.1049/cp:19991091
 * @example
 * marginRankingLoss(tensor([3, 1]), tensor([1, 2]), tensor([1, 1]), { margin: 0.5, reduction: "none" }).toArray(); // => [0, 1.5]
 * new MarginRankingLoss({ margin: 0.5 }).forward(tensor([1]), tensor([2]), tensor([1])).item(); // => 1.5
 */
export function marginRankingLoss(
  first: Tensor,
  second: Tensor,
  target: Tensor,
  options: MarginRankingLossOptions = {},
): Tensor {
  expectTensor("marginRankingLoss", "first", first);
  expectTensor("marginRankingLoss", "second", second);
  expectTensor("marginRankingLoss", "target", target);
  const { margin, reduction } = settleOptions("marginRankingLoss", options, table);
  checkFloat("marginRankingLoss", "first input", first);
  checkFloat("marginRankingLoss", "second input", second);
  checkSameShape("marginRankingLoss", first, second, "second input");
  checkSameShape("marginRankingLoss", first, target);
  checkPlusMinusOne("marginRankingLoss", target);
  return reduce(second.sub(first).mul(target).add(margin).clamp(0), reduction);
}

/** {@link marginRankingLoss} as a layer. */
export class MarginRankingLoss extends FunctionLayer<
  MarginRankingLossOptions,
  [first: Tensor, second: Tensor, target: Tensor]
> {
  static override readonly name: string = "MarginRankingLoss";

  constructor(options: MarginRankingLossOptions = {}) {
    super(marginRankingLoss, table, options);
  }
}
