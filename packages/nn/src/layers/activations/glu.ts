import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { AxisOptions } from "../../functional/activations/axis-option.ts";
import { glu } from "../../functional/activations/glu.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Gated linear unit: halves an axis, the last unless given; see `functional.glu`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new GLU().forward(tensor([4, 0])).toArray(); // => [2]
 */
export class GLU extends Module {
  readonly #options: AxisOptions;

  constructor(options: AxisOptions = {}) {
    super();
    checkOptions("GLU", options, ["axis"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return glu(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
