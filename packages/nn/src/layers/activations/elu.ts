import { checkOptions, type Tensor } from "@tapegrad/tensor";
import { elu, type EluOptions } from "../../functional/activations/elu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Exponential linear unit; see `functional.elu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new ELU().forward(tensor([-1, 3])).toArray(); // => [-0.63212, 3]
 */
export class ELU extends Module {
  readonly #options: EluOptions;

  constructor(options: EluOptions = {}) {
    super();
    checkOptions("ELU", options, ["alpha"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return elu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
