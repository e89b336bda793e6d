import type { Tensor } from "@tapegrad/tensor";
import { softsign } from "../../functional/activations/softsign.ts";
import { Module } from "../../module/module.ts";

/**
 * `x / (1 + |x|)`; see `functional.softsign`.
 *
 * @example
 * new Softsign().forward(tensor([-1, 3])).toArray(); // => [-0.5, 0.75]
 */
export class Softsign extends Module {
  override forward(x: Tensor): Tensor {
    return softsign(x);
  }
}
