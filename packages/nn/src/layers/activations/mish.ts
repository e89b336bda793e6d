import type { Tensor } from "@tapegrad/tensor";
import { mish } from "../../functional/activations/mish.ts";
import { Module } from "../../module/module.ts";

/**
 * `x · tanh(softplus(x))`; see `functional.mish`.
 *
 * @example
 * new Mish().forward(tensor([0, 1])).toArray(); // => [0, 0.8651]
 */
export class Mish extends Module {
  override forward(x: Tensor): Tensor {
    return mish(x);
  }
}
