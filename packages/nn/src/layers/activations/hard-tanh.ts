import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { hardTanh, type HardTanhOptions } from "../../functional/activations/hard-tanh.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * The identity, cut off at two limits; see `functional.hardTanh`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new HardTanh().forward(tensor([-2, 0.5])).toArray(); // => [-1, 0.5]
 */
export class HardTanh extends Module {
  readonly #options: HardTanhOptions;

  constructor(options: HardTanhOptions = {}) {
    super();
    checkOptions("HardTanh", options, ["min", "max"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return hardTanh(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
