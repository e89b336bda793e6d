import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { AxisModule, type AxisOptions, halves } from "./axis-options.ts";

/**
 * Gated linear unit: the second half decides how much of the first one passes.
 * `y = a · sigmoid(b)`, with `[a, b]` the halves of `x` along the axis
 *
 * @param x `[..., 2n, ...]`
 * @throws {ShapeError} for an odd extent
 * @see Dauphin et al., Language Modeling with Gated Convolutional Networks (2016), https://arxiv.org/abs/1612.08083
 * @example
 * glu(tensor([4, 8, 0, 1000])).toArray(); // => [2, 8]
 * new GLU().forward(tensor([4, 0])).toArray(); // => [2]
 */
export function glu(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("glu", "x", x);
  const [value, gate] = halves("glu", x, options);
  return value.mul(gate.sigmoid());
}

/** {@link glu} as a layer. */
export class GLU extends AxisModule {
  static override readonly name: string = "GLU";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GLU.forward", none);
    return glu(x, this.options);
  }
}
