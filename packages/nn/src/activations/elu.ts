import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link elu} and {@link ELU}. */
export interface EluOptions {
  /** Negative of the limit at −∞; 1 unless given. */
  readonly alpha?: number;
}

const table: OptionTable<EluOptions> = { alpha: option(ranges.finite, 1) };

/**
 * Exponential linear unit: `y = x` for `x > 0`, else `alpha · (exp(x) − 1)`; the gradient at 0 is `alpha`.
 *
 * @see Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units (2015), https://arxiv.org/abs/1511.07289
 * @example
 * elu(tensor([-1, 0, 3])).toArray(); // => [-0.63212, 0, 3]
 * new ELU().forward(tensor([-1, 3])).toArray(); // => [-0.63212, 3]
 */
export function elu(x: Tensor, options: EluOptions = {}): Tensor {
  expectTensor("elu", "x", x);
  const { alpha } = settleOptions("elu", options, table);
  const positive = x.gt(0);
  const curve = x.maskedFill(positive, 0).expm1();
  return where(positive, x, alpha === 1 ? curve : curve.mul(alpha));
}

/** {@link elu} as a layer. */
export class ELU extends FunctionLayer<EluOptions> {
  static override readonly name: string = "ELU";

  constructor(options: EluOptions = {}) {
    super(elu, table, options);
  }
}
