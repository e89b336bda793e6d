import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { huberLoss, type HuberLossOptions } from "../../functional/losses/huber-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Squared error near the target, absolute error far from it; see `functional.huberLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new HuberLoss({ delta: 2 }).forward(tensor([5]), tensor([0])).item(); // => 8
 */
export class HuberLoss extends Module {
  readonly #options: HuberLossOptions;

  constructor(options: HuberLossOptions = {}) {
    super();
    checkOptions("HuberLoss", options, ["delta", "reduction"]);
    checkReduction("HuberLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
