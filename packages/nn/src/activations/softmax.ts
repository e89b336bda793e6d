import type { Tensor } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { maskedSoftmax } from "./masked-softmax.ts";
import { alongAxes, AxesModule, optionsOfCall, type SoftmaxOptions } from "./softmax-options.ts";

/**
 * Probabilities in proportion to the exponentials along an axis, or along several as if they were one:
 * `yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)`, shifted by the maximum so that nothing overflows; all −∞ gives NaN.
 *
 * With a mask the sum runs over what is kept, where it is true; the rest gives 0, and where nothing is kept, or −∞ alone, all is 0.
 *
 * @param x any shape
 * @throws {ShapeError} for an axis that `x` does not have, or a mask that does not broadcast to its shape
 * @throws {DTypeError} for a mask that is not of bools
 * @example
 * softmax(tensor([10000, 9999, -10000])).toArray(); // => [0.73106, 0.26894, 0]
 * softmax(tensor([0, 7, 0]), { mask: tensor([true, false, true]) }).toArray(); // => [0.5, 0, 0.5]
 * new Softmax({ axis: [0, 1] }).forward(zeros([2, 2])).toArray(); // => [[0.25, 0.25], [0.25, 0.25]]
 */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return alongAxes("softmax", x, options, maskedSoftmax);
}

/** {@link softmax} as a layer; the mask comes with the input. */
export class Softmax extends AxesModule {
  static override readonly name: string = "Softmax";
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("Softmax.forward", none);
    return softmax(x, optionsOfCall("Softmax.forward", this, mask));
  }
}
