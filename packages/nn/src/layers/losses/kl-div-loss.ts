import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { klDivLoss, type KlDivLossOptions } from "../../functional/losses/kl-div-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Kullback-Leibler divergence of the target from log-probabilities; see `functional.klDivLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new KLDivLoss({ reduction: "sum" }).forward(tensor([-1, -2]), tensor([0, 1])).item(); // => 2
 */
export class KLDivLoss extends Module {
  readonly #options: KlDivLossOptions;

  constructor(options: KlDivLossOptions = {}) {
    super();
    checkOptions("KLDivLoss", options, ["reduction", "logTarget"]);
    checkReduction("KLDivLoss", options.reduction ?? "mean", ["none", "mean", "sum", "batchmean"]);
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDivLoss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
