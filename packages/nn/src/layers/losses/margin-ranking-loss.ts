import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { marginRankingLoss, type MarginRankingLossOptions } from "../../functional/losses/margin-ranking-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Orders pairs of scores; see `functional.marginRankingLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new MarginRankingLoss({ margin: 0.5 }).forward(tensor([1]), tensor([2]), tensor([1])).item(); // => 1.5
 */
export class MarginRankingLoss extends Module {
  readonly #options: MarginRankingLossOptions;

  constructor(options: MarginRankingLossOptions = {}) {
    super();
    checkOptions("MarginRankingLoss", options, ["margin", "reduction"]);
    checkReduction("MarginRankingLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(first: Tensor, second: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(first, second, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
