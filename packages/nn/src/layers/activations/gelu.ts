import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { gelu, type GeluOptions } from "../../functional/activations/gelu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Gaussian error linear unit, exact unless `approximate` is "tanh"; see `functional.gelu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new GELU().forward(tensor([0, 1])).toArray(); // => [0, 0.84134]
 */
export class GELU extends Module {
  readonly #options: GeluOptions;

  constructor(options: GeluOptions = {}) {
    super();
    checkOptions("GELU", options, ["approximate"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return gelu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
