import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { checkOptions, formatShape } from "@tapegrad/tensor/internal";

/** Options of {@link globalAvgPool}. */
export interface GlobalAvgPoolOptions {
  /** Whether spatial axes stay with extent 1; false unless given. */
  readonly keepDims?: boolean;
}

/**
 * The mean of every channel over all its positions.
 *
 * @param x `[N, C, ...spatial]`; integers become float32
 * @returns `[N, C]`, or `[N, C, 1, ...]` with `keepDims`
 * @throws {ShapeError} when there is no spatial axis
 *
 * Lin, Chen and Yan 2013, https://arxiv.org/abs/1312.4400
 *
 * @example
 * ```ts
 * globalAvgPool(tensor([[[[1, 2], [3, 6]]]])).toArray(); // => [[3]]
 * ```
 */
export function globalAvgPool(x: Tensor, options: GlobalAvgPoolOptions = {}): Tensor {
  checkOptions("globalAvgPool", options, ["keepDims"]);
  if (x.ndim < 3) {
    throw new ShapeError(`globalAvgPool: expected input [N, C, ...spatial], got shape ${formatShape(x.shape)}.`);
  }
  const axis = x.shape.map((_, a) => a).slice(2);
  return x.mean({ axis, keepDims: options.keepDims ?? false });
}
