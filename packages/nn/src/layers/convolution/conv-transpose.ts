import type { PerAxis } from "../../functional/convolution/per-axis.ts";
import { TransposedConvolution, type ConvTransposeOptions } from "./transposed-convolution.ts";

/**
 * One-dimensional transposed convolution with trained filters: see `functional.convTranspose1d`.
 *
 * @param size extent of a filter
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * new ConvTranspose1d(3, 2, 4, { stride: 2, padding: 1 }).forward(randn([1, 3, 8])).shape; // => [1, 2, 16]
 * ```
 */
export class ConvTranspose1d extends TransposedConvolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvTransposeOptions = {}) {
    super(1, inChannels, outChannels, size, options);
  }
}

/**
 * Two-dimensional transposed convolution with trained filters: see `functional.convTranspose2d`.
 *
 * @param size extents of a filter, one number for both axes or a number each
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * const layer = new ConvTranspose2d(4, 6, 2, { stride: 2, groups: 2 });
 * layer.forward(randn([1, 4, 5, 3])).shape; // => [1, 6, 10, 6]
 * layer.weight.shape; // => [4, 3, 2, 2]
 * ```
 */
export class ConvTranspose2d extends TransposedConvolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvTransposeOptions = {}) {
    super(2, inChannels, outChannels, size, options);
  }
}

/**
 * Three-dimensional transposed convolution with trained filters: see `functional.convTranspose3d`.
 *
 * @param size extents of a filter, one number for all axes or a number each
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * new ConvTranspose3d(2, 1, 3).forward(randn([1, 2, 2, 3, 4])).shape; // => [1, 1, 4, 5, 6]
 * ```
 */
export class ConvTranspose3d extends TransposedConvolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvTransposeOptions = {}) {
    super(3, inChannels, outChannels, size, options);
  }
}
