import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { AxisOptions } from "../../functional/activations/axis-option.ts";
import { logSoftmax } from "../../functional/activations/log-softmax.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Log-probabilities along an axis, the last unless given; see `functional.logSoftmax`.
 *
 * @throws {ValueError} for an unknown option
 *
 * @example
 * new LogSoftmax().forward(tensor([0, 1000])).toArray(); // => [-1000, 0]
 */
export class LogSoftmax extends Module {
  readonly #options: AxisOptions;

  constructor(options: AxisOptions = {}) {
    super();
    checkOptions("LogSoftmax", options, ["axis"]);
    this.#options = { ...options };
  }

  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.#options);
  }

  override details(): string {
    return describeOptions(this.#options);
  }
}
