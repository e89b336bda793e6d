import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { mseLoss } from "../../functional/losses/mse-loss.ts";
import { checkReduction, type ReductionOptions } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Squared error; see `functional.mseLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 */
export class MSELoss extends Module {
  readonly #options: ReductionOptions;

  constructor(options: ReductionOptions = {}) {
    super();
    checkOptions("MSELoss", options, ["reduction"]);
    checkReduction("MSELoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
