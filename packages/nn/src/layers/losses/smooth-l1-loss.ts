import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { smoothL1Loss, type SmoothL1LossOptions } from "../../functional/losses/smooth-l1-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Absolute error with a quadratic bottom; see `functional.smoothL1Loss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new SmoothL1Loss().forward(tensor([1.5]), tensor([1])).item(); // => 0.125
 */
export class SmoothL1Loss extends Module {
  readonly #options: SmoothL1LossOptions;

  constructor(options: SmoothL1LossOptions = {}) {
    super();
    checkOptions("SmoothL1Loss", options, ["beta", "reduction"]);
    checkReduction("SmoothL1Loss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
