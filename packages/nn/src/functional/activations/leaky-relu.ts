import { type Tensor, where } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";

/** Options of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** Slope where `x ≤ 0`; 0.01 unless given. */
  readonly negativeSlope?: number;
}

/**
 * ReLU with a small slope on the negative side.
 *
 * `y = x` for `x > 0`, else `negativeSlope · x`; the gradient at 0 is `negativeSlope`.
 *
 * @param x any shape; the dtype is kept
 * @throws {ValueError} for an unknown option or a slope that is not finite
 *
 * Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013),
 * https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf
 *
 * @example
 * leakyRelu(tensor([-2, 0, 3])).toArray(); // => [-0.02, 0, 3]
 */
export function leakyRelu(x: Tensor, options: LeakyReluOptions = {}): Tensor {
  checkOptions("leakyRelu", options, ["negativeSlope"]);
  const { negativeSlope = 0.01 } = options;
  expectNumber("leakyRelu", "negativeSlope", negativeSlope);
  return where(x.gt(0), x, x.mul(negativeSlope));
}
