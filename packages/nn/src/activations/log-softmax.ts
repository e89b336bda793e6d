import type { Tensor } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { maskedLogSoftmax } from "./masked-softmax.ts";
import { alongAxes, AxesModule, optionsOfCall, type SoftmaxOptions } from "./softmax-options.ts";

/**
 * Logarithm of the softmax along an axis, or along several as if they were one, without underflow:
 * `yᵢ = xᵢ − log Σⱼ exp(xⱼ)`
 *
 * With a mask the sum runs over what is kept, where it is true; the rest gives −∞, without gradient.
 *
 * @param x any shape
 * @throws {ShapeError} for an axis that `x` does not have, or a mask that does not broadcast to its shape
 * @throws {DTypeError} for a mask that is not of bools
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // => [-1000, 0]
 * logSoftmax(tensor([0, 1000]), { mask: tensor([true, false]) }).toArray(); // => [0, -Infinity]
 * new LogSoftmax().forward(tensor([0, 1000])).toArray(); // => [-1000, 0]
 */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return alongAxes("logSoftmax", x, options, maskedLogSoftmax);
}

/** {@link logSoftmax} as a layer; the mask comes with the input. */
export class LogSoftmax extends AxesModule {
  static override readonly name: string = "LogSoftmax";
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("LogSoftmax.forward", none);
    return logSoftmax(x, optionsOfCall("LogSoftmax.forward", this, mask));
  }
}
