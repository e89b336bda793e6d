import type { Tensor } from "@tapegrad/tensor";
import { selu } from "../../functional/activations/selu.ts";
import { Module } from "../../module/module.ts";

/**
 * Scaled exponential linear unit; see `functional.selu`.
 *
 * @example
 * new SELU().forward(tensor([0, 1])).toArray(); // => [0, 1.0507]
 */
export class SELU extends Module {
  override forward(x: Tensor): Tensor {
    return selu(x);
  }
}
