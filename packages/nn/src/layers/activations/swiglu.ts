import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { AxisOptions } from "../../functional/activations/axis-option.ts";
import { swiglu } from "../../functional/activations/swiglu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Gated linear unit with SiLU: halves an axis, the last unless given; see `functional.swiglu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new SwiGLU().forward(tensor([1, 2])).toArray(); // => [1.46212]
 */
export class SwiGLU extends Module {
  readonly #options: AxisOptions;

  constructor(options: AxisOptions = {}) {
    super();
    checkOptions("SwiGLU", options, ["axis"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return swiglu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
