import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { gaussianNllLoss, type GaussianNllLossOptions } from "../../functional/losses/gaussian-nll-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Negative log-likelihood of targets under normal distributions of predicted means and variances; see `functional.gaussianNllLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new GaussianNLLLoss().forward(tensor([3]), tensor([1]), tensor([1])).item(); // => 2
 */
export class GaussianNLLLoss extends Module {
  readonly #options: GaussianNllLossOptions;

  constructor(options: GaussianNllLossOptions = {}) {
    super();
    checkOptions("GaussianNLLLoss", options, ["full", "eps", "reduction"]);
    checkReduction("GaussianNLLLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
