import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Logistic function: `y = 1 / (1 + exp(−x))`
 *
 * @example
 * sigmoid(tensor([-1, 0, 1])).toArray(); // => [0.26894, 0.5, 0.73106]
 * new Sigmoid().forward(tensor([0])).toArray(); // => [0.5]
 */
export function sigmoid(x: Tensor, ...none: []): Tensor {
  expectNothing("sigmoid", none);
  expectTensor("sigmoid", "x", x);
  return x.sigmoid();
}

/** {@link sigmoid} as a layer. */
export class Sigmoid extends Module {
  static override readonly name: string = "Sigmoid";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Sigmoid.forward", none);
    return sigmoid(x);
  }
}
