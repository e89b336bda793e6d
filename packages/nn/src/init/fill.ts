import { assign, DTypeError, full, Generator, rand, randn, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  checkFits,
  checkOptions,
  expectNothing,
  expectTensor,
  expectValue,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";

/** Options of every random initialiser. */
export interface RandomOptions {
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator | undefined;
}

/** {@link RandomOptions}, row by row. */
export const randomTable: OptionTable<RandomOptions> = { generator: optional(ranges.instanceOf(Generator)) };

/** Throws unless `target` holds floats. */
export function checkFloat(fn: string, target: Tensor): void {
  if (!isFloat(target.dtype)) {
    throw new DTypeError(`${fn}: expected a float32 or float64 tensor, got ${target.dtype}.`);
  }
}

/** Assigns uniform numbers from [low, high). */
export function fillUniform<T extends Tensor>(target: T, low: number, high: number, { generator }: RandomOptions): T {
  const unit = rand(target.shape, { dtype: target.dtype, generator });
  assign(target, unit.mul(high - low).add(low));
  return target;
}

/** Assigns normal numbers. */
export function fillNormal<T extends Tensor>(target: T, mean: number, std: number, { generator }: RandomOptions): T {
  const standard = randn(target.shape, { dtype: target.dtype, generator });
  assign(target, standard.mul(std).add(mean));
  return target;
}

/** Options of {@link uniform}. */
export interface UniformOptions extends RandomOptions {
  /** Lower bound, 0 unless given. */
  readonly low?: number;
  /** Upper bound, 1 unless given. */
  readonly high?: number;
}

const uniformTable: OptionTable<UniformOptions> = {
  low: option(ranges.finite, 0),
  high: option(ranges.finite, 1),
  ...randomTable,
};

/** Fills a tensor with uniform numbers from `[low, high)` and returns it. */
export function uniform<T extends Tensor>(target: T, options: UniformOptions = {}): T {
  expectTensor("uniform", "target", target);
  const { low, high, generator } = settleOptions("uniform", options, uniformTable);
  checkFloat("uniform", target);
  if (low > high) throw new ValueError(`uniform: expected low ≤ high, got low ${low} and high ${high}.`);
  return fillUniform(target, low, high, { generator });
}

/** Options of {@link normal}. */
export interface NormalOptions extends RandomOptions {
  /** Mean, 0 unless given. */
  readonly mean?: number;
  /** Standard deviation, 1 unless given. */
  readonly std?: number;
}

const normalTable: OptionTable<NormalOptions> = {
  mean: option(ranges.finite, 0),
  std: option(ranges.nonNegative, 1),
  ...randomTable,
};

/** Fills a tensor with normal numbers and returns it. */
export function normal<T extends Tensor>(target: T, options: NormalOptions = {}): T {
  expectTensor("normal", "target", target);
  const { mean, std, generator } = settleOptions("normal", options, normalTable);
  checkFloat("normal", target);
  return fillNormal(target, mean, std, { generator });
}

/**
 * Fills a tensor with one value and returns it.
 *
 * @throws {ValueError} for a value that is no number, or one that an int32 target cannot have
 */
export function constant<T extends Tensor>(target: T, value: number, ...none: []): T {
  expectNothing("constant", none);
  expectTensor("constant", "target", target);
  expectValue("constant", "value", value, ranges.bound);
  checkFits("constant", [value], target.dtype, []);
  assign(target, full(target.shape, value, { dtype: target.dtype }));
  return target;
}

/** Fills a tensor with ones and returns it. */
export function ones<T extends Tensor>(target: T, options: RandomOptions = {}): T {
  checkOptions("ones", options, randomTable);
  expectTensor("ones", "target", target);
  return constant(target, 1);
}

/** Fills a tensor with zeros and returns it. */
export function zeros<T extends Tensor>(target: T, options: RandomOptions = {}): T {
  checkOptions("zeros", options, randomTable);
  expectTensor("zeros", "target", target);
  return constant(target, 0);
}
