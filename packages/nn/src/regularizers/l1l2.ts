import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { l1 as absolute } from "./l1.ts";
import { l2 as squared } from "./l2.ts";
import type { RegularizerFunction } from "./regularizer.ts";

/** Options of {@link l1l2}. */
export interface L1L2Options {
  /** Factor of `Σ|w|`; 0.01 unless given. */
  readonly l1?: number;
  /** Factor of `Σw²`; 0.01 unless given. */
  readonly l2?: number;
}

const table: OptionTable<L1L2Options> = {
  l1: option(ranges.nonNegative, 0.01),
  l2: option(ranges.nonNegative, 0.01),
};

/**
 * Both penalties, `l1 · Σ|w| + l2 · Σw²`: the elastic net.
 *
 * @throws {ValueError} for a factor that is negative or no finite number
 * @see Zou and Hastie 2005, https://doi.org/10.1111/j.1467-9868.2005.00503.x
 * @example
 * regularizers.l1l2({ l1: 1, l2: 0.5 })(tensor([1, -3])).item(); // => 9
 */
export function l1l2(options: L1L2Options = {}): RegularizerFunction {
  const { l1, l2 } = settleOptions("l1l2", options, table);
  const [first, second] = [absolute(l1), squared(l2)];
  return (weight) => {
    expectTensor("l1l2", "weight", weight);
    return first(weight).add(second(weight));
  };
}
