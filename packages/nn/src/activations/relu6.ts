import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { hardTanh } from "./hard-tanh.ts";

/**
 * ReLU, cut off at 6: `y = min(max(x, 0), 6)`, with gradient 0 at 0 and at 6
 *
 * @see Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010),
 * https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf
 * @example
 * relu6(tensor([-1, 2, 8])).toArray(); // => [0, 2, 6]
 * new ReLU6().forward(tensor([-1, 8])).toArray(); // => [0, 6]
 */
export function relu6(x: Tensor, ...none: []): Tensor {
  expectNothing("relu6", none);
  expectTensor("relu6", "x", x);
  return hardTanh(x, { min: 0, max: 6 });
}

/** {@link relu6} as a layer. */
export class ReLU6 extends Module {
  static override readonly name: string = "ReLU6";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ReLU6.forward", none);
    return relu6(x);
  }
}
