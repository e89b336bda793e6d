import type { Tensor } from "@tapegrad/tensor";
import type { PerAxis } from "../convolution/per-axis.ts";
import { type MaxPoolOptions, maxPooling, type MaxPoolResult } from "./max-pooling.ts";

/**
 * The largest element of every window over one axis; NaN if there is one. Padding never wins, and the gradient goes to the
 * first among ties.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param size extent of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * maxPool1d(tensor([[[1, 3, 2, 0, 5]]]), 2).toArray(); // => [[[3, 2]]]
 * maxPool1d(tensor([[[1, 3, 2, 0, 5]]]), 2, { ceilMode: true }).toArray(); // => [[[3, 2, 5]]]
 * ```
 */
export function maxPool1d(x: Tensor, size: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return maxPooling("maxPool1d", 1, x, size, options).values;
}

/**
 * The largest element of every window of an image: see {@link maxPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param size extents of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * Ranzato et al. 2007, https://doi.org/10.1109/CVPR.2007.383157
 *
 * @example
 * ```ts
 * maxPool2d(tensor([[[[1, 2, 5, 0], [4, 3, 1, 2]]]]), 2).toArray(); // => [[[[4, 5]]]]
 * ```
 */
export function maxPool2d(x: Tensor, size: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return maxPooling("maxPool2d", 2, x, size, options).values;
}

/**
 * The largest element of every window of a volume: see {@link maxPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample
 * @param size extents of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * maxPool3d(zeros([2, 3, 4, 6, 8]), [2, 3, 4]).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export function maxPool3d(x: Tensor, size: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return maxPooling("maxPool3d", 3, x, size, options).values;
}

/**
 * Max pooling that also tells where each maximum was, over as many spatial axes as `size` has extents.
 *
 * @param x `[N, C, ...spatial]`, or without N for one sample
 * @param size extents of a window
 * @returns the values, and their int32 positions in the flattened spatial axes of `x`
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * maxPoolWithIndices(tensor([[[[1, 2, 5, 0], [4, 3, 1, 2]]]]), [2, 2]).indices.toArray(); // => [[[[4, 2]]]]
 * ```
 */
export function maxPoolWithIndices(x: Tensor, size: readonly number[], options: MaxPoolOptions = {}): MaxPoolResult {
  return maxPooling("maxPoolWithIndices", size.length, x, size, options);
}
