import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Square of the rectified linear unit: `y = max(x, 0)²`
 *
 * @see So et al., Primer: Searching for Efficient Transformers for Language Modeling (2021), https://arxiv.org/abs/2109.08668
 * @example
 * reluSquared(tensor([-2, 0, 3])).toArray(); // => [0, 0, 9]
 * new ReLUSquared().forward(tensor([-1, 2])).toArray(); // => [0, 4]
 */
export function reluSquared(x: Tensor, ...none: []): Tensor {
  expectNothing("reluSquared", none);
  expectTensor("reluSquared", "x", x);
  return asFloat(x).relu().square();
}

/** {@link reluSquared} as a layer. */
export class ReLUSquared extends Module {
  static override readonly name: string = "ReLUSquared";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ReLUSquared.forward", none);
    return reluSquared(x);
  }
}
