import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { AxisModule, type AxisOptions, halves } from "./axis-options.ts";
import { silu } from "./silu.ts";

/**
 * Gated linear unit with SiLU: the first half is the gate.
 * `y = silu(a) · b`, with `[a, b]` the halves of `x` along the axis
 *
 * @param x `[..., 2n, ...]`
 * @throws {ShapeError} for an odd extent
 * @see Shazeer, GLU Variants Improve Transformer (2020), https://arxiv.org/abs/2002.05202
 * @example
 * swiglu(tensor([1, 0, 2, 5])).toArray(); // => [1.46212, 0]
 * new SwiGLU().forward(tensor([1, 2])).toArray(); // => [1.46212]
 */
export function swiglu(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("swiglu", "x", x);
  const [gate, value] = halves("swiglu", x, options);
  return silu(gate).mul(value);
}

/** {@link swiglu} as a layer. */
export class SwiGLU extends AxisModule {
  static override readonly name: string = "SwiGLU";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SwiGLU.forward", none);
    return swiglu(x, this.options);
  }
}
