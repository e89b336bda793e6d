import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { softplus, type SoftplusOptions } from "../../functional/activations/softplus.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Smooth ReLU; see `functional.softplus`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new Softplus().forward(tensor([0, 100])).toArray(); // => [0.69315, 100]
 */
export class Softplus extends Module {
  readonly #options: SoftplusOptions;

  constructor(options: SoftplusOptions = {}) {
    super();
    checkOptions("Softplus", options, ["beta", "threshold"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return softplus(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
