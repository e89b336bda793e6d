import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { crossEntropy, type CrossEntropyOptions } from "../../functional/losses/cross-entropy.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Cross-entropy between logits and class indices or probabilities; see `functional.crossEntropy`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new CrossEntropyLoss().forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // => 0.69315
 */
export class CrossEntropyLoss extends Module {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;
  readonly #options: Omit<CrossEntropyOptions, "weight">;

  constructor(options: CrossEntropyOptions = {}) {
    super();
    checkOptions("CrossEntropyLoss", options, ["weight", "labelSmoothing", "ignoreIndex", "reduction"]);
    checkReduction("CrossEntropyLoss", options.reduction ?? "mean");
    const { weight, ...rest } = options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
    this.#options = rest;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, {
      ...this.#options,
      ...(this.weight === undefined ? {} : { weight: this.weight }),
    });
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
