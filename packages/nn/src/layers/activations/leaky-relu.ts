import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { leakyRelu, type LeakyReluOptions } from "../../functional/activations/leaky-relu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * ReLU with a small slope on the negative side; see `functional.leakyRelu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new LeakyReLU({ negativeSlope: 0.5 }).forward(tensor([-2, 3])).toArray(); // => [-1, 3]
 */
export class LeakyReLU extends Module {
  readonly #options: LeakyReluOptions;

  constructor(options: LeakyReluOptions = {}) {
    super();
    checkOptions("LeakyReLU", options, ["negativeSlope"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
