import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { AxisOptions } from "../../functional/activations/axis-option.ts";
import { softmax } from "../../functional/activations/softmax.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Probabilities along an axis, the last unless given; see `functional.softmax`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new Softmax().forward(tensor([0, 0])).toArray(); // => [0.5, 0.5]
 */
export class Softmax extends Module {
  readonly #options: AxisOptions;

  constructor(options: AxisOptions = {}) {
    super();
    checkOptions("Softmax", options, ["axis"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return softmax(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
