import { type Tensor, where } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of {@link leakyRelu} and {@link LeakyReLU}. */
export interface LeakyReluOptions {
  /** Slope where `x ≤ 0`; 0.01 unless given. */
  readonly negativeSlope?: number;
}

const table: OptionTable<LeakyReluOptions> = { negativeSlope: option(ranges.finite, 0.01) };

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
  const { negativeSlope } = settleOptions("leakyRelu", options, table);
  return where(x.gt(0), x, x.mul(negativeSlope));
}

/**
 * {@link leakyRelu} as a layer.
 *
 * @example
 * new LeakyReLU({ negativeSlope: 0.5 }).forward(tensor([-2, 3])).toArray(); // => [-1, 3]
 */
export class LeakyReLU extends ConfiguredModule<LeakyReluOptions> {
  constructor(options: LeakyReluOptions = {}) {
    super(options, table);
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.options);
  }
}
