import { type Tensor, tensor } from "@tapegrad/tensor";
import { asFloat, expectValue, iota, settleOptions } from "@tapegrad/tensor/internal";
import { eachAxis } from "../convolution/per-axis.ts";
import {
  AdaptivePool,
  type AdaptivePooling,
  adaptivePooling,
  cutsOf,
  type OutputSize,
  outputSizes,
  windowsOf,
} from "./adaptive-pool.ts";
import { averagePooling, avgPoolTable } from "./avg-pool.ts";

/** The mean of each of `parts` windows of the last axis. */
function averageLast(x: Tensor, parts: number): Tensor {
  const extent = x.shape.at(-1)!;
  if (parts === extent) return x;
  const cuts = cutsOf(extent, parts);
  const lengths = tensor([...cuts.lengths], { dtype: "int32" });
  const beyond = iota([parts, cuts.longest], 1).ge(lengths.unsqueeze(-1));
  return windowsOf(x, cuts).maskedFill(beyond, 0).sum({ axis: -1 }).div(lengths);
}

function average(rank: number, x: Tensor, outputSize: OutputSize): Tensor {
  const fn = `adaptiveAvgPool${rank}d`;
  expectValue(fn, "outputSize", outputSize, outputSizes(rank));
  const floats = asFloat(x);
  const extents = x.shape.slice(-rank);
  const size = eachAxis<number | null>(rank, outputSize).map((n, k) => (extents[k] ?? 0) / (n ?? extents[k]!));
  // Windows of one size are those of plain pooling.
  const even = x.ndim > rank && size.every((n) => Number.isSafeInteger(n) && n >= 1);
  return even
    ? averagePooling(fn, rank, floats, size, settleOptions(fn, {}, avgPoolTable(rank)))
    : adaptivePooling(fn, rank, floats, outputSize, averageLast);
}

/**
 * Means of windows that are laid out to give `outputSize`: window i of m covers `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveAvgPool1d(tensor([[[1, 2, 3, 4, 5]]]), 2).toArray(); // => [[[2, 4]]]
 */
export const adaptiveAvgPool1d: AdaptivePooling = (x, outputSize) => average(1, x, outputSize);

/**
 * Means of windows of an image that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveAvgPool2d(zeros([2, 3, 5, 7]), [2, null]).shape; // => [2, 3, 2, 7]
 */
export const adaptiveAvgPool2d: AdaptivePooling = (x, outputSize) => average(2, x, outputSize);

/**
 * Means of windows of a volume that are laid out to give `outputSize`: see {@link adaptiveAvgPool1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample; integers become float32
 * @throws {ValueError} for extents below 1
 *
 * @example
 * adaptiveAvgPool3d(zeros([2, 3, 5, 7, 4]), 1).shape; // => [2, 3, 1, 1, 1]
 */
export const adaptiveAvgPool3d: AdaptivePooling = (x, outputSize) => average(3, x, outputSize);

abstract class AdaptiveAvgPool extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(outputSize, [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d]);
  }
}

/**
 * {@link adaptiveAvgPool1d} as a layer.
 *
 * @example
 * new AdaptiveAvgPool1d(2).forward(tensor([[[1, 2, 3, 4, 5]]])).toArray(); // => [[[2, 4]]]
 */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  protected static override readonly rank = 1;
}

/**
 * {@link adaptiveAvgPool2d} as a layer.
 *
 * @example
 * new AdaptiveAvgPool2d([5, null]).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 5, 9]
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  protected static override readonly rank = 2;
}

/**
 * {@link adaptiveAvgPool3d} as a layer.
 *
 * @example
 * new AdaptiveAvgPool3d(1).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 1, 1, 1]
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  protected static override readonly rank = 3;
}
