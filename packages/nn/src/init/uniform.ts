import { type Tensor, ValueError } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat, fillUniform, type RandomOptions, randomTable } from "./fill.ts";

/** Options of {@link uniform}. */
export interface UniformOptions extends RandomOptions {
  /** Lower bound, 0 unless given. */
  readonly low?: number;
  /** Upper bound, 1 unless given. */
  readonly high?: number;
}

const table: OptionTable<UniformOptions> = {
  low: option(ranges.finite, 0),
  high: option(ranges.finite, 1),
  ...randomTable,
};

/**
 * Fills a tensor with uniform numbers from `[low, high)` and returns it.
 *
 * @throws {DTypeError} unless `target` holds floats
 * @throws {ValueError} when a bound is not finite or `low > high`
 */
export function uniform<T extends Tensor>(target: T, options: UniformOptions = {}): T {
  const { low, high, generator } = settleOptions("uniform", options, table);
  checkFloat("uniform", target);
  if (low > high) throw new ValueError(`uniform: expected low ≤ high, got low ${low} and high ${high}.`);
  return fillUniform(target, low, high, { generator });
}
