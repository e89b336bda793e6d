import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Hyperbolic tangent: `y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))`
 *
 * @example
 * tanh(tensor([-1, 0, 1])).toArray(); // => [-0.76159, 0, 0.76159]
 * new Tanh().forward(tensor([0, 1])).toArray(); // => [0, 0.76159]
 */
export function tanh(x: Tensor, ...none: []): Tensor {
  expectNothing("tanh", none);
  expectTensor("tanh", "x", x);
  return x.tanh();
}

/** {@link tanh} as a layer. */
export class Tanh extends Module {
  static override readonly name: string = "Tanh";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Tanh.forward", none);
    return tanh(x);
  }
}
