import { type Tensor } from "@tapegrad/tensor";
import { asFloat } from "@tapegrad/tensor/internal";
import { adaptivePooling, averageLast, checkOutputSize, maximumLast, type OutputSize } from "./adaptive-pooling.ts";
import { averagePooling } from "./average-pooling.ts";

/**
 * Means of windows that are laid out to give `outputSize`: window i of m covers `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveAvgPool1d(tensor([[[1, 2, 3, 4, 5]]]), 2).toArray(); // => [[[2, 4]]]
 * ```
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  return average(1, x, outputSize);
}

/**
 * Means of windows of an image that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveAvgPool2d(zeros([2, 3, 5, 7]), [2, null]).shape; // => [2, 3, 2, 7]
 * ```
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  return average(2, x, outputSize);
}

/**
 * Means of windows of a volume that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveAvgPool3d(zeros([2, 3, 5, 7, 4]), 1).shape; // => [2, 3, 1, 1, 1]
 * ```
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return average(3, x, outputSize);
}

function average(rank: number, x: Tensor, outputSize: OutputSize): Tensor {
  const fn = `adaptiveAvgPool${rank}d`;
  const floats = asFloat(x);
  const extents = x.shape.slice(-rank);
  const size = checkOutputSize(fn, rank, outputSize).map((n, k) => (extents[k] ?? 0) / (n ?? extents[k]!));
  // Windows of one size are those of plain pooling.
  const even = x.ndim > rank && size.every((n) => Number.isSafeInteger(n) && n >= 1);
  return even ? averagePooling(rank, floats, size, {}) : adaptivePooling(fn, rank, floats, outputSize, averageLast);
}

/**
 * Largest elements of windows that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}. The gradient goes to
 * the first among ties.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveMaxPool1d(tensor([[[1, 5, 3, 4, 2]]]), 2).toArray(); // => [[[5, 4]]]
 * ```
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptivePooling("adaptiveMaxPool1d", 1, x, outputSize, maximumLast);
}

/**
 * Largest elements of windows of an image that are laid out to give `outputSize`: see {@link adaptiveMaxPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveMaxPool2d(zeros([2, 3, 5, 7]), [2, 3]).shape; // => [2, 3, 2, 3]
 * ```
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptivePooling("adaptiveMaxPool2d", 2, x, outputSize, maximumLast);
}

/**
 * Largest elements of windows of a volume that are laid out to give `outputSize`: see {@link adaptiveMaxPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * ```ts
 * adaptiveMaxPool3d(zeros([2, 3, 5, 7, 4]), 2).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptivePooling("adaptiveMaxPool3d", 3, x, outputSize, maximumLast);
}
