import { DTypeError, type Tensor } from "@tapegrad/tensor";
import {
  apply,
  composite,
  expectTensor,
  expectValue,
  iota,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { type ConvolutionOptions, convolutionTable } from "../convolution/conv-plan.ts";
import { type PerAxis, withBatch } from "../convolution/per-axis.ts";
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

type Pooling<Result> = (
  fn: string,
  rank: number,
  x: Tensor,
  size: PerAxis,
  options: Required<MaxPoolOptions>,
) => Result;

/** Of each window of a batch, the element of `y` where the first maximum of `x` is. */
function atMaxima(x: Tensor, y: Tensor, { size, stride, dilation, margins }: PoolingPlan): Tensor {
  return apply("gatherMaxima", [x.detach(), y], { size, stride, dilation, margins })[0];
}

/** Calls `pool` for the windows of `x`. */
function pooling(pool: (batch: Tensor, plan: PoolingPlan) => Tensor): Pooling<Tensor> {
  return (fn, rank, x, size, options) => {
    expectTensor(fn, "x", x);
    if (x.dtype === "bool") throw new DTypeError(`${fn}: expected numbers, got bool.`);
    return withBatch(fn, x, rank, (batch) => {
      const plan = planPooling(fn, batch.shape.slice(2), size, options);
      return composite("maxPool", [batch], plan, () => pool(batch, plan));
    });
  };
}

/** Max pooling over `rank` spatial axes: backward adds each cotangent to one element, the first among ties. */
const maxPooling: Pooling<Tensor> = pooling((batch, plan) => atMaxima(batch, batch, plan));

/** The same, by positions, so that windows are searched once. */
const maxPoolingWithIndices: Pooling<MaxPoolResult> = (fn, rank, x, size, options) => {
  let indices: Tensor | undefined;
  const byPosition = pooling((batch, plan) => {
    const [samples, channels, ...extents] = batch.shape as [number, number, ...number[]];
    const elements = sizeOf(extents);
    const at = atMaxima(batch, iota([elements], 0).reshape(extents).broadcastTo(batch.shape), plan);
    indices = x.ndim === batch.ndim ? at : at.squeeze(0);
    const flat = batch.reshape([samples, channels, elements]);
    return apply("gather", [flat, at.reshape([samples, channels, sizeOf(plan.positions)])], { axis: 2 })[0].reshape(
      at.shape,
    );
  });
  return { values: byPosition(fn, rank, x, size, options), indices: indices! };
};

type MaxPool = (x: Tensor, size: PerAxis, options?: MaxPoolOptions) => Tensor;

const maxPoolOf = (rank: number): MaxPool => {
  const [fn, table] = [`maxPool${rank}d`, tableOf(rank)];
  return (x, size, options = {}) => maxPooling(fn, rank, x, size, settleOptions(fn, options, table));
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
  return maxPoolingWithIndices("maxPoolWithIndices", size.length, x, size, settled);
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
