import type { Tensor } from "@tapegrad/tensor";
import { hardSigmoid } from "../../functional/activations/hard-sigmoid.ts";
import { Module } from "../../module/module.ts";

/**
 * Sigmoid of three straight lines; see `functional.hardSigmoid`.
 *
 * @example
 * new HardSigmoid().forward(tensor([0, 4])).toArray(); // => [0.5, 1]
 */
export class HardSigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return hardSigmoid(x);
  }
}
