import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link gelu} and {@link GELU}. */
export interface GeluOptions {
  /** "none" for the exact form, "tanh" and "sigmoid" for approximations; "none" unless given. */
  readonly approximate?: "none" | "tanh" | "sigmoid";
}

const table: OptionTable<GeluOptions> = { approximate: option(ranges.oneOf("none", "tanh", "sigmoid"), "none") };

/**
 * Gaussian error linear unit: `x` times the probability that a standard normal variable is below `x`.
 * `y = x · Φ(x) = x/2 · erfc(−x/√2)`; the approximations are `x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))` and
 * `x · sigmoid(1.702·x)`.
 *
 * All keep full relative accuracy in the negative tail.
 *
 * @see Hendrycks and Gimpel, Gaussian Error Linear Units (2016), https://arxiv.org/abs/1606.08415
 * @example
 * gelu(tensor([-5, 0, 1], { dtype: "float64" })).toArray(); // => [-1.4332578593e-6, 0, 0.8413447461]
 * new GELU().forward(tensor([0, 1])).toArray(); // => [0, 0.84134]
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  expectTensor("gelu", "x", x);
  const { approximate } = settleOptions("gelu", options, table);
  if (approximate === "none") return x.mul(0.5).mul(x.mul(-Math.SQRT1_2).erfc());
  return x.mul(approximate === "tanh" ? approximateCdf(x) : x.mul(1.702).sigmoid());
}

// (1 + tanh u) / 2 = sigmoid(2u) without the cancellation. Beyond ±50 it is 0 or 1 to the last bit;
// the clamp keeps ∞ · 0 out of the gradients.
function approximateCdf(x: Tensor): Tensor {
  const near = x.clamp(-50, 50);
  const scale = 2 * Math.sqrt(2 / Math.PI);
  return near
    .mul(
      near
        .square()
        .mul(0.044715 * scale)
        .add(scale),
    )
    .sigmoid();
}

/** {@link gelu} as a layer. */
export class GELU extends FunctionLayer<GeluOptions> {
  static override readonly name: string = "GELU";

  constructor(options: GeluOptions = {}) {
    super(gelu, table, options);
  }
}
