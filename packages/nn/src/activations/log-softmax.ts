import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { AxisModule, type AxisOptions, axisOf } from "./axis-options.ts";

/**
 * Logarithm of the softmax, without underflow: `yᵢ = xᵢ − log Σⱼ exp(xⱼ)`
 *
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // => [-1000, 0]
 * new LogSoftmax().forward(tensor([0, 1000])).toArray(); // => [-1000, 0]
 */
export function logSoftmax(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("logSoftmax", "x", x);
  return x.logSoftmax({ axis: axisOf("logSoftmax", x, options) });
}

/** {@link logSoftmax} as a layer. */
export class LogSoftmax extends AxisModule {
  static override readonly name: string = "LogSoftmax";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("LogSoftmax.forward", none);
    return logSoftmax(x, this.options);
  }
}
