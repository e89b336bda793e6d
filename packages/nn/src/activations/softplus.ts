import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link softplus} and {@link Softplus}. */
export interface SoftplusOptions {
  /** Sharpness of the bend; 1 unless given. */
  readonly beta?: number;
  /** Above `beta · x > threshold` the function is `x` itself; 20 unless given. */
  readonly threshold?: number;
}

const table: OptionTable<SoftplusOptions> = { beta: option(ranges.positive, 1), threshold: option(ranges.finite, 20) };

// From here on log(1 + exp(z)) is z to the last bit of a float64, and a larger exp could overflow.
const exactFrom = 40;

/**
 * Smooth ReLU: `y = log(1 + exp(beta · x)) / beta`, or `x` where `beta · x > threshold`
 *
 * @see Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing (2000),
 * https://papers.nips.cc/paper/1920-incorporating-second-order-functional-knowledge-for-better-option-pricing
 * @example
 * softplus(tensor([-20, 0, 100], { dtype: "float64" })).toArray(); // => [2.0611536e-9, 0.6931472, 100]
 * new Softplus().forward(tensor([0, 100])).toArray(); // => [0.69315, 100]
 */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  expectTensor("softplus", "x", x);
  const { beta, threshold } = settleOptions("softplus", options, table);
  const scaled = beta === 1 ? x : x.mul(beta);
  const linear = scaled.gt(Math.min(threshold, exactFrom));
  const curve = scaled.maskedFill(linear, 0).exp().log1p();
  return where(linear, x, beta === 1 ? curve : curve.div(beta));
}

/** {@link softplus} as a layer. */
export class Softplus extends FunctionLayer<SoftplusOptions> {
  static override readonly name: string = "Softplus";

  constructor(options: SoftplusOptions = {}) {
    super(softplus, table, options);
  }
}
