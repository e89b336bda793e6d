import type { Tensor } from "@tapegrad/tensor";
import { relu6 } from "../../functional/activations/relu6.ts";
import { Module } from "../../module/module.ts";

/**
 * ReLU, cut off at 6; see `functional.relu6`.
 *
 * @example
 * new ReLU6().forward(tensor([-1, 8])).toArray(); // => [0, 6]
 */
export class ReLU6 extends Module {
  override forward(x: Tensor): Tensor {
    return relu6(x);
  }
}
