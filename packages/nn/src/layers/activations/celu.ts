import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { celu, type CeluOptions } from "../../functional/activations/celu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Continuously differentiable exponential linear unit; see `functional.celu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new CELU({ alpha: 2 }).forward(tensor([-1, 3])).toArray(); // => [-0.78694, 3]
 */
export class CELU extends Module {
  readonly #options: CeluOptions;

  constructor(options: CeluOptions = {}) {
    super();
    checkOptions("CELU", options, ["alpha"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return celu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
