import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link relu} and {@link ReLU}. */
export interface ReluOptions {
  /** Slope where `x ≤ threshold`; 0 unless given. */
  readonly negativeSlope?: number;
  /** Largest value; none unless given. */
  readonly maxValue?: number | undefined;
  /** From where on `x` passes; 0 unless given. */
  readonly threshold?: number;
}

const table: OptionTable<ReluOptions> = {
  negativeSlope: option(ranges.finite, 0),
  maxValue: optional(ranges.nonNegative),
  threshold: option(ranges.nonNegative, 0),
};

/**
 * Rectified linear unit: `y = max(x, 0)`, with gradient 0 at 0; NaN stays NaN.
 *
 * With options, as in Keras: `y = min(x, maxValue)` for `x > threshold`, else `negativeSlope · (x − threshold)`; the
 * gradient is `negativeSlope` at the threshold and 0 at the largest value.
 *
 * @see Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010),
 * https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf
 * @example
 * relu(tensor([-2, 0, 3])).toArray(); // => [0, 0, 3]
 * relu(tensor([-2, 0.5, 8]), { negativeSlope: 0.1, maxValue: 6, threshold: 1 }).toArray(); // => [-0.3, -0.05, 6]
 * new ReLU().forward(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function relu(x: Tensor, options: ReluOptions = {}): Tensor {
  expectTensor("relu", "x", x);
  const { negativeSlope, maxValue, threshold } = settleOptions("relu", options, table);
  if (negativeSlope === 0 && maxValue === undefined && threshold === 0) return x.relu();
  const low = x.le(threshold);
  const kept = maxValue === undefined ? x : x.maskedFill(x.ge(maxValue), maxValue);
  // No product with 0, which would make NaN of −∞.
  if (negativeSlope === 0) return kept.maskedFill(low, 0);
  return where(low, x.sub(threshold).mul(negativeSlope), kept);
}

/** {@link relu} as a layer. */
export class ReLU extends FunctionLayer<ReluOptions> {
  static override readonly name: string = "ReLU";

  constructor(options: ReluOptions = {}) {
    super(relu, table, options);
  }
}
