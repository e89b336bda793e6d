import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { softplus } from "./softplus.ts";

/**
 * Mish: a smooth ReLU that is not monotonic. `y = x · tanh(softplus(x))`
 *
 * @see Misra, Mish: A Self Regularized Non-Monotonic Activation Function (2019), https://arxiv.org/abs/1908.08681
 * @example
 * mish(tensor([-1, 0, 1])).toArray(); // => [-0.3034, 0, 0.8651]
 * new Mish().forward(tensor([0, 1])).toArray(); // => [0, 0.8651]
 */
export function mish(x: Tensor, ...none: []): Tensor {
  expectNothing("mish", none);
  expectTensor("mish", "x", x);
  return x.mul(softplus(x).tanh());
}

/** {@link mish} as a layer. */
export class Mish extends Module {
  static override readonly name: string = "Mish";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Mish.forward", none);
    return mish(x);
  }
}
