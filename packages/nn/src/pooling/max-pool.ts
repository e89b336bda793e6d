import { type DType, DTypeError, type Tensor } from "@tapegrad/tensor";
import {
  apply,
  composite,
  expectTensor,
  expectValue,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
  stridesOf,
} from "@tapegrad/tensor/internal";
import { type ConvolutionOptions, convolutionTable } from "../convolution/conv-plan.ts";
import { patches } from "../convolution/patches.ts";
import { type PerAxis, withBatch } from "../convolution/per-axis.ts";
import { lattice } from "./lattice.ts";
import { planPooling, PoolLayer, type PoolingOptions, type PoolingPlan, poolingTable } from "./pooling-window.ts";

/** Options of max pooling. */
export interface MaxPoolOptions extends PoolingOptions, Pick<ConvolutionOptions, "dilation"> {}

const tableOf = (rank: number): OptionTable<MaxPoolOptions> => {
  return { ...poolingTable(rank), dilation: convolutionTable(rank).dilation };
};

/** The largest elements, and where each was. */
export interface MaxPoolResult {
  /** The largest element of each window. */
  readonly values: Tensor;
  /** Position in the flattened spatial axes of the input; int32. */
  readonly indices: Tensor;
}

/** What stands beside the input, and the least that an element of the input is taken for: any of them is preferred. */
const outside: Partial<Record<DType, readonly [padding: number, least: number]>> = {
  float32: [-Infinity, -3.4028234663852886e38],
  float64: [-Infinity, -Number.MAX_VALUE],
  int32: [-(2 ** 31), -(2 ** 31) + 1],
};

/**
 * Max pooling over `rank` spatial axes. Windows are only searched: the maxima are gathered from the input, so that backward
 * adds each cotangent to one element, the first among ties.
 */
function maxPooling(
  fn: string,
  rank: number,
  x: Tensor,
  size: PerAxis,
  options: Required<MaxPoolOptions>,
): MaxPoolResult {
  expectTensor(fn, "x", x);
  if (outside[x.dtype] === undefined) throw new DTypeError(`${fn}: expected numbers, got ${x.dtype}.`);
  let indices: Tensor | undefined;
  const values = withBatch(fn, x, rank, (batch) => {
    const [samples, channels, ...extents] = batch.shape as [number, number, ...number[]];
    const plan = planPooling(fn, extents, size, options);
    return composite("maxPool", [batch], plan, () => {
      const at = positionsOfMaxima(fn, batch.detach(), plan); // [N, C, P]
      const shape = [samples, channels, ...plan.positions];
      indices = at.reshape(x.ndim === batch.ndim ? shape : shape.slice(1));
      const flat = batch.reshape([samples, channels, sizeOf(extents)]);
      return apply("gather", [flat, at], { axis: 2 })[0].reshape(shape);
    });
  });
  return { values, indices: indices! };
}

function positionsOfMaxima(fn: string, x: Tensor, plan: PoolingPlan): Tensor {
  const [samples, channels, ...extents] = x.shape as [number, number, ...number[]];
  const { size, stride, dilation, margins, padding, positions } = plan;
  const seen = patches(fn, extended(x, margins), plan).reshape([samples, channels, sizeOf(size), sizeOf(positions)]);
  const winner = seen.argmax({ axis: 2 }); // [N, C, P]
  const own = stridesOf(extents);
  const spread = (by: readonly number[]): number[] => own.map((step, k) => step * by[k]!);
  // Element k of window p lies at within[k] + start[p].
  const [within] = apply("gather", [lattice(size, spread(dilation)), winner.reshape([winner.size])], { axis: 0 });
  const origin = own.reduce((sum, step, k) => sum + step * padding[k]![0], 0);
  return within.reshape(winner.shape).add(lattice(positions, spread(stride), -origin));
}

function extended(x: Tensor, margins: PoolingPlan["margins"]): Tensor {
  if (margins.every(([low, high]) => low + high === 0)) return x;
  const [value, least] = outside[x.dtype] as readonly [number, number];
  return x.maximum(least).pad([[0, 0], [0, 0], ...margins], { value });
}

type MaxPool = (x: Tensor, size: PerAxis, options?: MaxPoolOptions) => Tensor;

const maxPoolOf = (rank: number): MaxPool => {
  const [fn, table] = [`maxPool${rank}d`, tableOf(rank)];
  return (x, size, options = {}) => maxPooling(fn, rank, x, size, settleOptions(fn, options, table)).values;
};

/**
 * The largest element of every window over one axis; NaN if there is one. Padding never wins, and the gradient goes to the
 * first among ties.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param size extent of a window
 * @throws {ValueError | ShapeError} for a padding of more than half a window, or a window larger than the padded input
 * @example
 * maxPool1d(tensor([[[1, 3, 2, 0, 5]]]), 2).toArray(); // => [[[3, 2]]]
 * maxPool1d(tensor([[[1, 3, 2, 0, 5]]]), 2, { ceilMode: true }).toArray(); // => [[[3, 2, 5]]]
 * new MaxPool1d(3, { stride: 1, padding: 1 }).forward(tensor([[[1, 5, 2, 0]]])).toArray(); // => [[[5, 5, 5, 2]]]
 */
export const maxPool1d: (x: Tensor, size: PerAxis, options?: MaxPoolOptions) => Tensor = maxPoolOf(1);

/**
 * {@link maxPool1d} of images `[N, C, H, W]`.
 *
 * @see Ranzato et al. 2007, https://doi.org/10.1109/CVPR.2007.383157
 * @example
 * maxPool2d(tensor([[[[1, 2, 5, 0], [4, 3, 1, 2]]]]), 2).toArray(); // => [[[[4, 5]]]]
 * new MaxPool2d(2).forward(randn([8, 3, 28, 28])).shape; // => [8, 3, 14, 14]
 */
export const maxPool2d: (x: Tensor, size: PerAxis, options?: MaxPoolOptions) => Tensor = maxPoolOf(2);

/**
 * {@link maxPool1d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * maxPool3d(zeros([2, 3, 4, 6, 8]), [2, 3, 4]).shape; // => [2, 3, 2, 2, 2]
 * new MaxPool3d(2).forward(randn([1, 3, 4, 6, 8])).shape; // => [1, 3, 2, 3, 4]
 */
export const maxPool3d: (x: Tensor, size: PerAxis, options?: MaxPoolOptions) => Tensor = maxPoolOf(3);

/**
 * Max pooling that also tells where each maximum was, over as many spatial axes as `size` has extents.
 *
 * @param x `[N, C, ...spatial]`, or without N for one sample
 * @param size extents of a window
 * @returns the values, and their int32 positions in the flattened spatial axes of `x`
 * @throws {ValueError | ShapeError} for a padding of more than half a window, or a window larger than the padded input
 * @example
 * maxPoolWithIndices(tensor([[[[1, 2, 5, 0], [4, 3, 1, 2]]]]), [2, 2]).indices.toArray(); // => [[[[4, 2]]]]
 */
export function maxPoolWithIndices(x: Tensor, size: readonly number[], options: MaxPoolOptions = {}): MaxPoolResult {
  expectValue("maxPoolWithIndices", "size", size, ranges.listOf(ranges.count));
  const settled = settleOptions("maxPoolWithIndices", options, tableOf(size.length));
  return maxPooling("maxPoolWithIndices", size.length, x, size, settled);
}

abstract class MaxPoolLayer extends PoolLayer<MaxPoolOptions> {
  constructor(size: PerAxis, options: MaxPoolOptions = {}) {
    super(size, options, tableOf, [maxPool1d, maxPool2d, maxPool3d]);
  }
}

/** {@link maxPool1d} as a layer. */
export class MaxPool1d extends MaxPoolLayer {
  static override readonly name: string = "MaxPool1d";
  protected static override readonly rank = 1;
}

/** {@link maxPool2d} as a layer. */
export class MaxPool2d extends MaxPoolLayer {
  static override readonly name: string = "MaxPool2d";
  protected static override readonly rank = 2;
}

/** {@link maxPool3d} as a layer. */
export class MaxPool3d extends MaxPoolLayer {
  static override readonly name: string = "MaxPool3d";
  protected static override readonly rank = 3;
}
