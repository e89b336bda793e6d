import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Rectified linear unit: `y = max(x, 0)`, with gradient 0 at 0; NaN stays NaN.
 *
 * @see Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010),
 * https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf
 * @example
 * relu(tensor([-2, 0, 3])).toArray(); // => [0, 0, 3]
 * new ReLU().forward(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function relu(x: Tensor, ...none: []): Tensor {
  expectNothing("relu", none);
  expectTensor("relu", "x", x);
  return x.relu();
}

/** {@link relu} as a layer. */
export class ReLU extends Module {
  static override readonly name: string = "ReLU";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ReLU.forward", none);
    return relu(x);
  }
}
