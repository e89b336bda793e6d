import { ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  type OptionTable,
  promote,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import type { Transform } from "./transform.ts";

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** What to subtract: a number, or one for each entry of axis 1. */
  readonly mean: number | readonly number[];
  /** What to divide by, shaped as `mean`; not 0. */
  readonly std: number | readonly number[];
}

const table: OptionTable<NormalizeOptions> = {
  mean: required(ranges.orListOf(ranges.finite)),
  std: required(ranges.orListOf(ranges.positive)),
};

/**
 * Subtracts and divides by constants that are already known, per channel (axis 1) or the same for all.
 *
 * `y = (x − mean) / std`. Use `zScore` to learn the constants from training samples.
 *
 * @throws {ValueError} if a deviation is not above 0, or a list of means has another length than that of deviations
 * @throws {ShapeError} by `apply` and `inverse`, if axis 1 has another size than the lists
 * @example
 * normalize({ mean: 8, std: 4 }).apply(tensor([[0, 16]])).toArray(); // => [[-2, 2]]
 */
export function normalize(options: NormalizeOptions): Transform {
  const settled = settleOptions("normalize", options, table);
  const [mean, std] = [[settled.mean].flat(), [settled.std].flat()];
  const perChannel = Array.isArray(settled.mean) || Array.isArray(settled.std);
  if (mean.length !== std.length || mean.length === 0) {
    throw new ValueError(`normalize: expected as many means as deviations, got ${mean.length} and ${std.length}.`);
  }
  const constant = (fn: string, values: readonly number[], x: Tensor): Tensor => {
    expectTensor(fn, "x", x);
    if (perChannel && x.shape[1] !== values.length) {
      throw new ShapeError(`${fn}: expected axis 1 of size ${values.length}, got shape ${formatShape(x.shape)}.`);
    }
    const shape = perChannel ? [values.length, ...x.shape.slice(2).map(() => 1)] : [];
    return tensor([...values], { dtype: promote(x.dtype, "float32") }).reshape(shape);
  };
  return {
    apply(x) {
      const [center, scale] = [constant("normalize.apply", mean, x), constant("normalize.apply", std, x)];
      return x.sub(center).div(scale);
    },
    inverse(y) {
      const [center, scale] = [constant("normalize.inverse", mean, y), constant("normalize.inverse", std, y)];
      return y.mul(scale).add(center);
    },
  };
}
