import type { Tensor } from "@tapegrad/tensor";
import { tanh } from "../../functional/activations/tanh.ts";
import { Module } from "../../module/module.ts";

/**
 * Hyperbolic tangent; see `functional.tanh`.
 *
 * @example
 * new Tanh().forward(tensor([0, 1])).toArray(); // => [0, 0.76159]
 */
export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
