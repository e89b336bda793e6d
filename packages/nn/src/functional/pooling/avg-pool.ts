import type { Tensor } from "@tapegrad/tensor";
import type { PerAxis } from "../convolution/per-axis.ts";
import { averagePooling, type AveragePoolOptions } from "./average-pooling.ts";

/**
 * The mean of every window over one axis.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @param size extent of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * avgPool1d(tensor([[[1, 3, 2, 6]]]), 2).toArray(); // => [[[2, 4]]]
 * avgPool1d(tensor([[[1, 3]]]), 2, { stride: 1, padding: 1, countIncludePad: false }).toArray(); // => [[[1, 2, 3]]]
 * ```
 */
export function avgPool1d(x: Tensor, size: PerAxis, options: AveragePoolOptions = {}): Tensor {
  return averagePooling(1, x, size, options);
}

/**
 * The mean of every window of an image: see {@link avgPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample; integers become float32
 * @param size extents of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * avgPool2d(tensor([[[[1, 2, 5, 0], [4, 1, 1, 2]]]]), 2).toArray(); // => [[[[2, 2]]]]
 * ```
 */
export function avgPool2d(x: Tensor, size: PerAxis, options: AveragePoolOptions = {}): Tensor {
  return averagePooling(2, x, size, options);
}

/**
 * The mean of every window of a volume: see {@link avgPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample; integers become float32
 * @param size extents of a window
 * @throws {ValueError} for a padding of more than half a window
 * @throws {ShapeError} when the window is larger than the padded input
 *
 * @example
 * ```ts
 * avgPool3d(zeros([2, 3, 4, 6, 8]), [2, 3, 4]).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export function avgPool3d(x: Tensor, size: PerAxis, options: AveragePoolOptions = {}): Tensor {
  return averagePooling(3, x, size, options);
}
