import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, ranges } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Replaces everything up to a limit by a constant:
 * `y = x` for `x > limit`, else `value`; the gradient at the limit is 0.
 *
 * @example
 * threshold(tensor([-1, 2, 8]), 2, -5).toArray(); // => [-5, -5, 8]
 * new Threshold(2, -5).forward(tensor([-1, 2, 8])).toArray(); // => [-5, -5, 8]
 */
export function threshold(x: Tensor, limit: number, value: number, ...none: []): Tensor {
  expectNothing("threshold", none);
  expectTensor("threshold", "x", x);
  expectValue("threshold", "limit", limit, ranges.finite);
  expectValue("threshold", "value", value, ranges.finite);
  return x.maskedFill(x.le(limit), value);
}

/** {@link threshold} as a layer. */
export class Threshold extends Module {
  static override readonly name: string = "Threshold";
  private readonly thresholdLimit: number;
  private readonly thresholdValue: number;

  constructor(limit: number, value: number, ...none: []) {
    super(...none);
    expectValue("Threshold", "limit", limit, ranges.finite);
    expectValue("Threshold", "value", value, ranges.finite);
    this.thresholdLimit = limit;
    this.thresholdValue = value;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Threshold.forward", none);
    return threshold(x, this.thresholdLimit, this.thresholdValue);
  }

  override details(): string {
    return `${this.thresholdLimit}, ${this.thresholdValue}`;
  }
}
