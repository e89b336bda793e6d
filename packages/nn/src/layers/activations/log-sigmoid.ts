import type { Tensor } from "@tapegrad/tensor";
import { logSigmoid } from "../../functional/activations/log-sigmoid.ts";
import { Module } from "../../module/module.ts";

/**
 * Logarithm of the logistic function, without underflow; see `functional.logSigmoid`.
 *
 * @example
 * new LogSigmoid().forward(tensor([-10000])).toArray(); // => [-10000]
 */
export class LogSigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}
