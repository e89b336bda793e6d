import type { PerAxis } from "../../functional/convolution/per-axis.ts";
import { Convolution, type ConvOptions } from "./convolution.ts";

/**
 * One-dimensional convolution with trained filters: see `functional.conv1d`.
 *
 * @param size extent of a filter
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * const layer = new Conv1d(3, 8, 5, { padding: 2, paddingMode: "reflect" });
 * layer.forward(randn([2, 3, 16])).shape; // => [2, 8, 16]
 * layer.weight.shape; // => [8, 3, 5]
 * ```
 */
export class Conv1d extends Convolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvOptions = {}) {
    super(1, inChannels, outChannels, size, options);
  }
}

/**
 * Two-dimensional convolution with trained filters: see `functional.conv2d`.
 *
 * @param size extents of a filter, one number for both axes or a number each
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * const layer = new Conv2d(4, 8, 3, { stride: 2, padding: 1, groups: 2 });
 * layer.forward(randn([2, 4, 9, 7])).shape; // => [2, 8, 5, 4]
 * Object.values(layer.stateDict()).map((t) => t.shape); // => [[8, 2, 3, 3], [8]]
 * ```
 */
export class Conv2d extends Convolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvOptions = {}) {
    super(2, inChannels, outChannels, size, options);
  }
}

/**
 * Three-dimensional convolution with trained filters: see `functional.conv3d`.
 *
 * @param size extents of a filter, one number for all axes or a number each
 * @throws {ShapeError | ValueError} for channels or options that do not fit
 *
 * @example
 * ```ts
 * new Conv3d(2, 4, 3, { padding: "same" }).forward(randn([1, 2, 4, 5, 6])).shape; // => [1, 4, 4, 5, 6]
 * ```
 */
export class Conv3d extends Convolution {
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvOptions = {}) {
    super(3, inChannels, outChannels, size, options);
  }
}
