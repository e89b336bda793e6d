import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { l1Loss } from "../../functional/losses/l1-loss.ts";
import { checkReduction, type ReductionOptions } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Absolute error; see `functional.l1Loss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 */
export class L1Loss extends Module {
  readonly #options: ReductionOptions;

  constructor(options: ReductionOptions = {}) {
    super();
    checkOptions("L1Loss", options, ["reduction"]);
    checkReduction("L1Loss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
