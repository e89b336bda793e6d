import type { Tensor } from "@tapegrad/tensor";
import { Module } from "../module/module.ts";

/**
 * Hyperbolic tangent: `y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))`
 *
 * @example
 * tanh(tensor([-1, 0, 1])).toArray(); // => [-0.76159, 0, 0.76159]
 * new Tanh().forward(tensor([0, 1])).toArray(); // => [0, 0.76159]
 */
export function tanh(x: Tensor): Tensor {
  return x.tanh();
}

/** {@link tanh} as a layer. */
export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
