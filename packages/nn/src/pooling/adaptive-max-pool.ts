import type { Tensor } from "@tapegrad/tensor";
import {
  AdaptivePool,
  type AdaptivePooling,
  adaptivePooling,
  cutsOf,
  type OutputSize,
  windowsOf,
} from "./adaptive-pool.ts";

/** The largest element of each of `parts` windows of the last axis; the gradient goes to the first among ties. */
function maximumLast(x: Tensor, parts: number): Tensor {
  if (parts === x.shape.at(-1)) return x;
  const seen = windowsOf(x, cutsOf(x.shape.at(-1)!, parts));
  const winner = seen.detach().argmax({ axis: -1, keepDims: true });
  return seen.gather(-1, winner).squeeze(-1);
}

function maximum(rank: number, x: Tensor, outputSize: OutputSize): Tensor {
  return adaptivePooling(`adaptiveMaxPool${rank}d`, rank, x, outputSize, maximumLast);
}

/**
 * Largest elements of windows that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}. The gradient goes to
 * the first among ties.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveMaxPool1d(tensor([[[1, 5, 3, 4, 2]]]), 2).toArray(); // => [[[5, 4]]]
 */
export const adaptiveMaxPool1d: AdaptivePooling = (x, outputSize) => maximum(1, x, outputSize);

/**
 * Largest elements of windows of an image that are laid out to give `outputSize`: see {@link adaptiveMaxPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveMaxPool2d(zeros([2, 3, 5, 7]), [2, 3]).shape; // => [2, 3, 2, 3]
 */
export const adaptiveMaxPool2d: AdaptivePooling = (x, outputSize) => maximum(2, x, outputSize);

/**
 * Largest elements of windows of a volume that are laid out to give `outputSize`: see {@link adaptiveMaxPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveMaxPool3d(zeros([2, 3, 5, 7, 4]), 2).shape; // => [2, 3, 2, 2, 2]
 */
export const adaptiveMaxPool3d: AdaptivePooling = (x, outputSize) => maximum(3, x, outputSize);

abstract class AdaptiveMaxPool extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(outputSize, [adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d]);
  }
}

/**
 * {@link adaptiveMaxPool1d} as a layer.
 *
 * @example
 * new AdaptiveMaxPool1d(2).forward(tensor([[[1, 5, 3, 4, 2]]])).toArray(); // => [[[5, 4]]]
 */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  protected static override readonly rank = 1;
}

/**
 * {@link adaptiveMaxPool2d} as a layer.
 *
 * @example
 * new AdaptiveMaxPool2d(4).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 4, 4]
 */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  protected static override readonly rank = 2;
}

/**
 * {@link adaptiveMaxPool3d} as a layer.
 *
 * @example
 * new AdaptiveMaxPool3d(2).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 2, 2, 2]
 */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  protected static override readonly rank = 3;
}
