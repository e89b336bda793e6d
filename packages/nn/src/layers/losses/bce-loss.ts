import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "../../functional/losses/binary-cross-entropy.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Binary cross-entropy of probabilities; see `functional.binaryCrossEntropy`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new BCELoss().forward(tensor([0.5]), tensor([1])).item(); // => 0.69315
 */
export class BCELoss extends Module {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;
  readonly #options: Omit<BinaryCrossEntropyOptions, "weight">;

  constructor(options: BinaryCrossEntropyOptions = {}) {
    super();
    checkOptions("BCELoss", options, ["weight", "reduction"]);
    checkReduction("BCELoss", options.reduction ?? "mean");
    const { weight, ...rest } = options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
    this.#options = rest;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, {
      ...this.#options,
      ...(this.weight === undefined ? {} : { weight: this.weight }),
    });
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
