import type { Tensor } from "@tapegrad/tensor";
import { hardSwish } from "../../functional/activations/hard-swish.ts";
import { Module } from "../../module/module.ts";

/**
 * SiLU of straight lines: `x · hardSigmoid(x)`; see `functional.hardSwish`.
 *
 * @example
 * new HardSwish().forward(tensor([1, 4])).toArray(); // => [0.66667, 4]
 */
export class HardSwish extends Module {
  override forward(x: Tensor): Tensor {
    return hardSwish(x);
  }
}
