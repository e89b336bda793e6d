import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat, fillNormal, type RandomOptions, randomTable } from "./fill.ts";

/** Options of {@link normal}. */
export interface NormalOptions extends RandomOptions {
  /** Mean, 0 unless given. */
  readonly mean?: number;
  /** Standard deviation, 1 unless given. */
  readonly std?: number;
}

const table: OptionTable<NormalOptions> = {
  mean: option(ranges.finite, 0),
  std: option(ranges.nonNegative, 1),
  ...randomTable,
};

/**
 * Fills a tensor with normal numbers and returns it.
 *
 * @throws {DTypeError} unless `target` holds floats
 * @throws {ValueError} when the mean is not finite or the standard deviation negative
 */
export function normal<T extends Tensor>(target: T, options: NormalOptions = {}): T {
  const { mean, std, generator } = settleOptions("normal", options, table);
  checkFloat("normal", target);
  return fillNormal(target, mean, std, { generator });
}
