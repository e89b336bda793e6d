import { type Generator, rand, type Tensor, ValueError, zerosLike } from "@tapegrad/tensor";
import { checkOptions, asFloat } from "@tapegrad/tensor/internal";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Probability of dropping an element, 0.5 unless given. */
  readonly rate?: number;
  /** Whether to drop at all; true unless given. */
  readonly training?: boolean;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
}

/** Throws unless `rate` is a probability. */
export function checkRate(fn: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new ValueError(`${fn}: expected a rate in [0, 1], got ${String(rate)}.`);
}

/**
 * Inverted dropout: sets each element to 0 with probability `rate` and divides the others by
 * `1 − rate`, so that the expectation stays. The identity when `training` is false.
 *
 * Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html (its p is the probability of keeping)
 *
 * @param x any shape; integers become float32
 * @throws {ValueError} when `rate` is not in [0, 1]
 */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkOptions("dropout", options, ["rate", "training", "generator"]);
  const { rate = 0.5, training = true, generator } = options;
  checkRate("dropout", rate);
  if (!training || rate === 0) return x;
  const values = asFloat(x);
  if (rate === 1) return values.mul(zerosLike(values));
  const unit = rand(x.shape, { dtype: values.dtype, ...(generator === undefined ? {} : { generator }) });
  return values.mul(
    unit
      .ge(rate)
      .to(values.dtype)
      .mul(1 / (1 - rate)),
  );
}
