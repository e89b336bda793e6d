import { type Tensor, where } from "@tapegrad/tensor";
import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** The option of optimizers that scale each layer's steps by its norm. */
export interface TrustOptions {
  /** Scale steps by the norm of their parameter; true unless given. Groups of biases and norms usually do without. */
  readonly trustRatio?: boolean;
}

/** The row of that option. */
export const trustTable: OptionTable<TrustOptions> = { trustRatio: option(ranges.flag, true) };

/**
 * `a / b` of two norms, or `a / divisor`, and 1 where one of the norms is 0: a layer of zeros, or without a gradient, steps
 * as others do.
 */
export function trustRatio(a: Tensor, b: Tensor, divisor: Tensor = b): Tensor {
  const both = a.gt(0).logicalAnd(b.gt(0));
  return where(both, a.div(where(both, divisor, 1)), 1);
}
