import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { AxisOptions } from "../../functional/activations/axis-option.ts";
import { softmin } from "../../functional/activations/softmin.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Softmax of the negative along an axis, the last unless given; see `functional.softmin`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new Softmin().forward(tensor([0, 0])).toArray(); // => [0.5, 0.5]
 */
export class Softmin extends Module {
  readonly #options: AxisOptions;

  constructor(options: AxisOptions = {}) {
    super();
    checkOptions("Softmin", options, ["axis"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return softmin(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
