import { type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkFloat, fillUniform, type RandomOptions } from "./fill.ts";

/** Options of {@link uniform}. */
export interface UniformOptions extends RandomOptions {
  /** Lower bound, 0 unless given. */
  readonly low?: number;
  /** Upper bound, 1 unless given. */
  readonly high?: number;
}

/**
 * Fills a tensor with uniform numbers from `[low, high)` and returns it.
 *
 * @throws {DTypeError} unless `target` holds floats
 * @throws {ValueError} when a bound is not finite or `low > high`
 */
export function uniform<T extends Tensor>(target: T, options: UniformOptions = {}): T {
  checkOptions("uniform", options, ["low", "high", "generator"]);
  const { low = 0, high = 1 } = options;
  checkFloat("uniform", target);
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    throw new ValueError(`uniform: expected finite low ≤ high, got low ${low} and high ${high}.`);
  }
  return fillUniform(target, low, high, options);
}
