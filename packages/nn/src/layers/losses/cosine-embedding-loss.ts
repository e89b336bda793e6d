import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { cosineEmbeddingLoss, type CosineEmbeddingLossOptions } from "../../functional/losses/cosine-embedding-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Turns similar vectors into one direction and dissimilar ones apart; see `functional.cosineEmbeddingLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new CosineEmbeddingLoss().forward(tensor([1, 0]), tensor([0, 2]), tensor(1)).item(); // => 1
 */
export class CosineEmbeddingLoss extends Module {
  readonly #options: CosineEmbeddingLossOptions;

  constructor(options: CosineEmbeddingLossOptions = {}) {
    super();
    checkOptions("CosineEmbeddingLoss", options, ["margin", "reduction"]);
    checkReduction("CosineEmbeddingLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(first: Tensor, second: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(first, second, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
