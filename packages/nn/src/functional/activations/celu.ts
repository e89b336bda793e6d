import { type Tensor, where } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";

/** Options of {@link celu}. */
export interface CeluOptions {
  /** Negative of the limit at −∞; 1 unless given. */
  readonly alpha?: number;
}

/**
 * Continuously differentiable exponential linear unit: the gradient at 0 is 1 for every `alpha`.
 *
 * `y = x` for `x > 0`, else `alpha · (exp(x / alpha) − 1)`
 *
 * @param x any shape; float dtypes are kept
 * @throws {ValueError} for an unknown option or `alpha` ≤ 0
 *
 * Barron, Continuously Differentiable Exponential Linear Units (2017), https://arxiv.org/abs/1704.07483
 *
 * @example
 * celu(tensor([-1, 0, 3]), { alpha: 2 }).toArray(); // => [-0.78694, 0, 3]
 */
export function celu(x: Tensor, options: CeluOptions = {}): Tensor {
  checkOptions("celu", options, ["alpha"]);
  const { alpha = 1 } = options;
  expectNumber("celu", "alpha", alpha, "> 0", (value) => value > 0);
  const positive = x.gt(0);
  const negative = x.maskedFill(positive, 0);
  return where(positive, x, negative.div(alpha).expm1().mul(alpha));
}
