import { assign, rand, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat, type NormalOptions, randomTable } from "./fill.ts";
import { normalCdf, normalQuantile } from "./normal-quantile.ts";

/** Options of {@link truncatedNormal}. */
export interface TruncatedNormalOptions extends NormalOptions {
  /** Smallest value, −2 unless given. */
  readonly low?: number;
  /** Largest value, 2 unless given. */
  readonly high?: number;
}

const table: OptionTable<TruncatedNormalOptions> = {
  mean: option(ranges.finite, 0),
  std: option(ranges.positive, 1),
  low: option(ranges.bound, -2),
  high: option(ranges.bound, 2),
  ...randomTable,
};

/**
 * Fills a tensor with normal numbers conditioned to lie in `[low, high]` and returns it.
 *
 * The bounds are values, not multiples of `std`. Drawn by inverting the distribution function.
 *
 * @throws {ValueError} unless `low < high`
 */
export function truncatedNormal<T extends Tensor>(target: T, options: TruncatedNormalOptions = {}): T {
  expectTensor("truncatedNormal", "target", target);
  const { mean, std, low, high, generator } = settleOptions("truncatedNormal", options, table);
  checkFloat("truncatedNormal", target);
  if (low >= high) throw new ValueError(`truncatedNormal: expected low < high, got low ${low} and high ${high}.`);
  // Work in the lower tail, where the distribution function does not round to 1.
  const flip = low > mean ? -1 : 1;
  const [from, to] = [(low - mean) / std, (high - mean) / std].map((z) => normalCdf(flip * z)) as [number, number];
  const unit = rand(target.shape, { dtype: "float64", generator }).data;
  const drawn = Float64Array.from(unit, (u) => {
    const z = flip * normalQuantile(Math.max(from + (to - from) * u, Number.MIN_VALUE));
    return Math.min(high, Math.max(low, mean + std * z));
  });
  assign(target, tensor(drawn, { shape: target.shape }).to(target.dtype));
  return target;
}
