import type { Tensor } from "@tapegrad/tensor";
import { silu } from "../../functional/activations/silu.ts";
import { Module } from "../../module/module.ts";

/**
 * Sigmoid linear unit (swish): `x · sigmoid(x)`; see `functional.silu`.
 *
 * @example
 * new SiLU().forward(tensor([0, 1])).toArray(); // => [0, 0.73106]
 */
export class SiLU extends Module {
  override forward(x: Tensor): Tensor {
    return silu(x);
  }
}
