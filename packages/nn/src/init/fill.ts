import { assign, DTypeError, type Generator, rand, randn, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";

/** Options of every random initialiser. */
export interface RandomOptions {
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
}

/** Throws unless `target` holds floats. */
export function checkFloat(fn: string, target: Tensor): void {
  if (!isFloat(target.dtype)) {
    throw new DTypeError(`${fn}: expected a float32 or float64 tensor, got ${target.dtype}.`);
  }
}

/** Assigns uniform numbers from [low, high). */
export function fillUniform<T extends Tensor>(target: T, low: number, high: number, options: RandomOptions): T {
  const unit = rand(target.shape, { dtype: target.dtype, ...source(options) });
  assign(target, unit.mul(high - low).add(low));
  return target;
}

/** Assigns normal numbers. */
export function fillNormal<T extends Tensor>(target: T, mean: number, std: number, options: RandomOptions): T {
  const standard = randn(target.shape, { dtype: target.dtype, ...source(options) });
  assign(target, standard.mul(std).add(mean));
  return target;
}

/** The generator of `options` as an option of the tensor package's functions. */
export function source({ generator }: RandomOptions): RandomOptions {
  return generator === undefined ? {} : { generator };
}
