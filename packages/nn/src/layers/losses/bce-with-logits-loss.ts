import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyWithLogitsOptions,
} from "../../functional/losses/binary-cross-entropy-with-logits.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Binary cross-entropy of logits; see `functional.binaryCrossEntropyWithLogits`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new BCEWithLogitsLoss().forward(tensor([0]), tensor([1])).item(); // => 0.69315
 */
export class BCEWithLogitsLoss extends Module {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;
  /** Weight of the positive answer, a buffer of the module. */
  readonly posWeight: Buffer | undefined;
  readonly #options: Omit<BinaryCrossEntropyWithLogitsOptions, "weight" | "posWeight">;

  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super();
    checkOptions("BCEWithLogitsLoss", options, ["weight", "posWeight", "reduction"]);
    checkReduction("BCEWithLogitsLoss", options.reduction ?? "mean");
    const { weight, posWeight, ...rest } = options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
    this.posWeight = posWeight === undefined ? undefined : new Buffer(posWeight);
    this.#options = rest;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, {
      ...this.#options,
      ...(this.weight === undefined ? {} : { weight: this.weight }),
      ...(this.posWeight === undefined ? {} : { posWeight: this.posWeight }),
    });
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
