import type { Tensor } from "@tapegrad/tensor";
import { relu } from "../../functional/activations/relu.ts";
import { Module } from "../../module/module.ts";

/**
 * Rectified linear unit: `max(x, 0)`; see `functional.relu`.
 *
 * @example
 * new ReLU().forward(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export class ReLU extends Module {
  override forward(x: Tensor): Tensor {
    return relu(x);
  }
}
