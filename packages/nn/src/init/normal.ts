import { type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkFloat, fillNormal, type RandomOptions } from "./fill.ts";

/** Options of {@link normal}. */
export interface NormalOptions extends RandomOptions {
  /** Mean, 0 unless given. */
  readonly mean?: number;
  /** Standard deviation, 1 unless given. */
  readonly std?: number;
}

/** Throws unless the mean is finite and the standard deviation finite and at least 0. */
export function checkMoments(fn: string, mean: number, std: number): void {
  if (!Number.isFinite(mean) || !(Number.isFinite(std) && std >= 0)) {
    throw new ValueError(`${fn}: expected a finite mean and a finite std ≥ 0, got mean ${mean} and std ${std}.`);
  }
}

/**
 * Fills a tensor with normal numbers and returns it.
 *
 * @throws {DTypeError} unless `target` holds floats
 * @throws {ValueError} when the mean is not finite or the standard deviation negative
 */
export function normal<T extends Tensor>(target: T, options: NormalOptions = {}): T {
  checkOptions("normal", options, ["mean", "std", "generator"]);
  const { mean = 0, std = 1 } = options;
  checkFloat("normal", target);
  checkMoments("normal", mean, std);
  return fillNormal(target, mean, std, options);
}
