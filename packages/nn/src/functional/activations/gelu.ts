import { type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** "none" for the exact form, "tanh" for the approximation; "none" unless given. */
  readonly approximate?: "none" | "tanh";
}

/**
 * Gaussian error linear unit: `x` times the probability that a standard normal variable is below `x`.
 *
 * `y = x · Φ(x) = x/2 · erfc(−x/√2)`; the approximation is `x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))`.
 *
 * Both keep full relative accuracy in the negative tail.
 *
 * @param x any shape; float dtypes are kept
 * @throws {ValueError} for an unknown option or another `approximate`
 *
 * Hendrycks and Gimpel, Gaussian Error Linear Units (2016), https://arxiv.org/abs/1606.08415
 *
 * @example
 * gelu(tensor([-5, 0, 1], { dtype: "float64" })).toArray(); // => [-1.4332578593e-6, 0, 0.8413447461]
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkOptions("gelu", options, ["approximate"]);
  const { approximate = "none" } = options;
  if (approximate === "none") return x.mul(0.5).mul(x.mul(-Math.SQRT1_2).erfc());
  if (approximate === "tanh") return x.mul(approximateCdf(x));
  throw new ValueError(`gelu: expected approximate none or tanh, got ${String(approximate)}.`);
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
