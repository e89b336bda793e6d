import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link leakyRelu} and {@link LeakyReLU}. */
export interface LeakyReluOptions {
  /** Slope where `x ≤ 0`; 0.01 unless given. */
  readonly negativeSlope?: number;
}

const table: OptionTable<LeakyReluOptions> = { negativeSlope: option(ranges.finite, 0.01) };

/**
 * ReLU with a small slope on the negative side:
 * `y = x` for `x > 0`, else `negativeSlope · x`; the gradient at 0 is `negativeSlope`.
 *
 * @see Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013),
 * https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf
 * @example
 * leakyRelu(tensor([-2, 0, 3])).toArray(); // => [-0.02, 0, 3]
 * new LeakyReLU({ negativeSlope: 0.5 }).forward(tensor([-2, 3])).toArray(); // => [-1, 3]
 */
export function leakyRelu(x: Tensor, options: LeakyReluOptions = {}): Tensor {
  expectTensor("leakyRelu", "x", x);
  const { negativeSlope } = settleOptions("leakyRelu", options, table);
  return where(x.gt(0), x, x.mul(negativeSlope));
}

/** {@link leakyRelu} as a layer. */
export class LeakyReLU extends FunctionLayer<LeakyReluOptions> {
  static override readonly name: string = "LeakyReLU";

  constructor(options: LeakyReluOptions = {}) {
    super(leakyRelu, table, options);
  }
}
