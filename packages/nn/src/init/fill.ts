import { assign, DTypeError, Generator, rand, randn, type Tensor } from "@tapegrad/tensor";
import { instanceOf, isFloat, optional, type OptionTable } from "@tapegrad/tensor/internal";

/** Options of every random initialiser. */
export interface RandomOptions {
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator | undefined;
}

/** {@link RandomOptions}, row by row. */
export const randomTable: OptionTable<RandomOptions> = { generator: optional(instanceOf(Generator)) };

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
