import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { softplus } from "./softplus.ts";

/**
 * Logarithm of the logistic function, without underflow: `y = log(1 / (1 + exp(−x))) = −softplus(−x)`
 *
 * @example
 * logSigmoid(tensor([-10000, 0])).toArray(); // => [-10000, -0.69315]
 * new LogSigmoid().forward(tensor([-10000])).toArray(); // => [-10000]
 */
export function logSigmoid(x: Tensor, ...none: []): Tensor {
  expectNothing("logSigmoid", none);
  expectTensor("logSigmoid", "x", x);
  return softplus(asFloat(x).neg(), { threshold: 40 }).neg();
}

/** {@link logSigmoid} as a layer. */
export class LogSigmoid extends Module {
  static override readonly name: string = "LogSigmoid";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("LogSigmoid.forward", none);
    return logSigmoid(x);
  }
}
