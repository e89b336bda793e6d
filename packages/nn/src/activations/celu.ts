import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link celu} and {@link CELU}. */
export interface CeluOptions {
  /** Negative of the limit at −∞; 1 unless given. */
  readonly alpha?: number;
}

const table: OptionTable<CeluOptions> = { alpha: option(ranges.positive, 1) };

/**
 * Continuously differentiable exponential linear unit: the gradient at 0 is 1 for every `alpha`.
 * `y = x` for `x > 0`, else `alpha · (exp(x / alpha) − 1)`
 *
 * @see Barron, Continuously Differentiable Exponential Linear Units (2017), https://arxiv.org/abs/1704.07483
 * @example
 * celu(tensor([-1, 0, 3]), { alpha: 2 }).toArray(); // => [-0.78694, 0, 3]
 * new CELU({ alpha: 2 }).forward(tensor([-1, 3])).toArray(); // => [-0.78694, 3]
 */
export function celu(x: Tensor, options: CeluOptions = {}): Tensor {
  expectTensor("celu", "x", x);
  const { alpha } = settleOptions("celu", options, table);
  const above = x.gt(0);
  const negative = x.maskedFill(above, 0);
  return where(above, x, negative.div(alpha).expm1().mul(alpha));
}

/** {@link celu} as a layer. */
export class CELU extends FunctionLayer<CeluOptions> {
  static override readonly name: string = "CELU";

  constructor(options: CeluOptions = {}) {
    super(celu, table, options);
  }
}
