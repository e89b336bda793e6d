import { type Tensor, where } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * SiLU with the sigmoid replaced by straight lines:
 * `y = x · min(max(x + 3, 0), 6) / 6`, with gradient 0 at −3 and 1 at 3
 *
 * @see Howard et al., Searching for MobileNetV3 (2019), https://arxiv.org/abs/1905.02244
 * @example
 * hardSwish(tensor([-4, 1, 4])).toArray(); // => [0, 0.66667, 4]
 * new HardSwish().forward(tensor([1, 4])).toArray(); // => [0.66667, 4]
 */
export function hardSwish(x: Tensor, ...none: []): Tensor {
  expectNothing("hardSwish", none);
  expectTensor("hardSwish", "x", x);
  const low = x.le(-3);
  const high = x.ge(3);
  // The parabola sees no element from outside, or ∞ · 0 would reach its gradient.
  const middle = x.maskedFill(low.logicalOr(high), 0);
  return where(high, x, middle.mul(middle.add(3)).div(6));
}

/** {@link hardSwish} as a layer. */
export class HardSwish extends Module {
  static override readonly name: string = "HardSwish";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("HardSwish.forward", none);
    return hardSwish(x);
  }
}
