import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { nllLoss, type NllLossOptions } from "../../functional/losses/nll-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Negative log-likelihood of class indices under log-probabilities; see `functional.nllLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new NLLLoss().forward(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item(); // => 2
 */
export class NLLLoss extends Module {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;
  readonly #options: Omit<NllLossOptions, "weight">;

  constructor(options: NllLossOptions = {}) {
    super();
    checkOptions("NLLLoss", options, ["weight", "ignoreIndex", "reduction"]);
    checkReduction("NLLLoss", options.reduction ?? "mean");
    const { weight, ...rest } = options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
    this.#options = rest;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, {
      ...this.#options,
      ...(this.weight === undefined ? {} : { weight: this.weight }),
    });
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
