import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { AxisModule, type AxisOptions, axisOf } from "./axis-options.ts";

/**
 * Probabilities in proportion to the exponentials along an axis:
 * `yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)`, shifted by the maximum so that nothing overflows; all −∞ gives NaN.
 *
 * @example
 * softmax(tensor([10000, 9999, -10000])).toArray(); // => [0.73106, 0.26894, 0]
 * new Softmax().forward(tensor([0, 0])).toArray(); // => [0.5, 0.5]
 */
export function softmax(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("softmax", "x", x);
  return x.softmax({ axis: axisOf("softmax", x, options) });
}

/** {@link softmax} as a layer. */
export class Softmax extends AxisModule {
  static override readonly name: string = "Softmax";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Softmax.forward", none);
    return softmax(x, this.options);
  }
}
