import type { Tensor } from "@tapegrad/tensor";
import { threshold } from "../../functional/activations/threshold.ts";
import { expectNumber } from "../../functional/expect-number.ts";
import { Module } from "../../module/module.ts";

/**
 * Replaces everything up to a limit by a constant; see `functional.threshold`.
 *
 * @throws {ValueError} for a limit or value that is not finite
 *
 * @example
 * new Threshold(2, -5).forward(tensor([-1, 2, 8])).toArray(); // => [-5, -5, 8]
 */
export class Threshold extends Module {
  readonly #limit: number;
  readonly #value: number;

  constructor(limit: number, value: number) {
    super();
    expectNumber("Threshold", "limit", limit);
    expectNumber("Threshold", "value", value);
    this.#limit = limit;
    this.#value = value;
  }

  override forward(x: Tensor): Tensor {
    return threshold(x, this.#limit, this.#value);
  }

  override details(): string {
    return `${this.#limit}, ${this.#value}`;
  }
}
