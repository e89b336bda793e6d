import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { poissonNllLoss, type PoissonNllLossOptions } from "../../functional/losses/poisson-nll-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Negative log-likelihood of counts under a Poisson distribution; see `functional.poissonNllLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new PoissonNLLLoss().forward(tensor([0]), tensor([2])).item(); // => 1
 */
export class PoissonNLLLoss extends Module {
  readonly #options: PoissonNllLossOptions;

  constructor(options: PoissonNllLossOptions = {}) {
    super();
    checkOptions("PoissonNLLLoss", options, ["logInput", "full", "eps", "reduction"]);
    checkReduction("PoissonNLLLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
