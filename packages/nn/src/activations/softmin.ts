import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { AxisModule, axesOf, type AxisOptions } from "./axis-options.ts";

/**
 * Softmax of the negative: the smallest element gets the largest share. `yᵢ = exp(−xᵢ) / Σⱼ exp(−xⱼ)`
 *
 * @example
 * softmin(tensor([0, 1])).toArray(); // => [0.73106, 0.26894]
 * new Softmin().forward(tensor([0, 0])).toArray(); // => [0.5, 0.5]
 */
export function softmin(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("softmin", "x", x);
  return asFloat(x)
    .neg()
    .softmax({ axis: axesOf("softmin", x, options) });
}

/** {@link softmin} as a layer. */
export class Softmin extends AxisModule {
  static override readonly name: string = "Softmin";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Softmin.forward", none);
    return softmin(x, this.options);
  }
}
