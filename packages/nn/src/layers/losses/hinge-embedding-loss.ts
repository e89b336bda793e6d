import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { hingeEmbeddingLoss, type HingeEmbeddingLossOptions } from "../../functional/losses/hinge-embedding-loss.ts";
import { checkReduction } from "../../functional/losses/reduction.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Keeps the distances of similar pairs small and those of dissimilar pairs beyond a margin; see `functional.hingeEmbeddingLoss`.
 *
 * @throws {ValueError} for an unknown option or reduction
 *
 * @example
 * new HingeEmbeddingLoss({ margin: 2 }).forward(tensor([0.5]), tensor([-1])).item(); // => 1.5
 */
export class HingeEmbeddingLoss extends Module {
  readonly #options: HingeEmbeddingLossOptions;

  constructor(options: HingeEmbeddingLossOptions = {}) {
    super();
    checkOptions("HingeEmbeddingLoss", options, ["margin", "reduction"]);
    checkReduction("HingeEmbeddingLoss", options.reduction ?? "mean");
    this.#options = { ...options };
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
