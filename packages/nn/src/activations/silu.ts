import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Sigmoid linear unit, also called swish: `y = x · sigmoid(x)`
 *
 * @see Elfwing et al., Sigmoid-Weighted Linear Units (2017), https://arxiv.org/abs/1702.03118;
 * Ramachandran et al., Searching for Activation Functions (2017), https://arxiv.org/abs/1710.05941
 * @example
 * silu(tensor([-1, 0, 1])).toArray(); // => [-0.26894, 0, 0.73106]
 * new SiLU().forward(tensor([0, 1])).toArray(); // => [0, 0.73106]
 */
export function silu(x: Tensor, ...none: []): Tensor {
  expectNothing("silu", none);
  expectTensor("silu", "x", x);
  return x.mul(x.sigmoid());
}

/** {@link silu} as a layer. */
export class SiLU extends Module {
  static override readonly name: string = "SiLU";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SiLU.forward", none);
    return silu(x);
  }
}
