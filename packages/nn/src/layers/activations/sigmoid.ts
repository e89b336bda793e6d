import type { Tensor } from "@tapegrad/tensor";
import { sigmoid } from "../../functional/activations/sigmoid.ts";
import { Module } from "../../module/module.ts";

/**
 * Logistic function: `1 / (1 + exp(−x))`; see `functional.sigmoid`.
 *
 * @example
 * new Sigmoid().forward(tensor([0])).toArray(); // => [0.5]
 */
export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
