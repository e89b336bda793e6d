import { type Tensor, tensor } from "@tapegrad/tensor";
import {
  asFloat,
  composite,
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { patches } from "../convolution/patches.ts";
import { type PerAxis, withBatch } from "../convolution/per-axis.ts";
import { planPooling, PoolLayer, type PoolingOptions, type PoolingPlan, poolingTable } from "./pooling-window.ts";

/** Options of average pooling. */
export interface AveragePoolOptions extends PoolingOptions {
  /** Whether zeros of the padding count as elements, true unless given. */
  readonly countIncludePad?: boolean;
  /** Divides sums by this number instead of by the number of elements. */
  readonly divisor?: number | undefined;
}

const divisors = ranges.numbers("to be a finite number other than 0", (n) => Number.isFinite(n) && n !== 0);

/** {@link AveragePoolOptions} over `rank` spatial axes, row by row. */
function avgPoolTable(rank: number): OptionTable<AveragePoolOptions> {
  return { ...poolingTable(rank), countIncludePad: option(ranges.flag, true), divisor: optional(divisors) };
}

/** The standards of {@link AveragePoolOptions}. */
export const plainAverage: Required<AveragePoolOptions> = {
  stride: undefined,
  padding: 0,
  ceilMode: false,
  countIncludePad: true,
  divisor: undefined,
};

/** Average pooling over `rank` spatial axes. */
export function averagePooling(
  fn: string,
  rank: number,
  x: Tensor,
  size: PerAxis,
  options: Required<AveragePoolOptions>,
): Tensor {
  const { countIncludePad, divisor } = options;
  expectTensor(fn, "x", x);
  return withBatch(fn, asFloat(x), rank, (batch) => {
    const extents = batch.shape.slice(2);
    const plan = planPooling(fn, extents, size, options);
    const { margins } = plan;
    const by = divisor ?? countsOf(plan, extents, countIncludePad);
    const kind = typeof by === "number" ? by : countIncludePad ? "padded" : "inside";
    return composite("avgPool", [batch], { ...plan, divisor: kind }, () => {
      const padded = margins.every(([low, high]) => low + high === 0) ? batch : batch.pad([[0, 0], [0, 0], ...margins]);
      const axis = extents.map((_, k) => 2 + k);
      return patches(fn, padded, plan).sum({ axis }).div(by); // [N, C, ...positions]
    });
  });
}

/** Number of elements of each window: one for all, or `[...positions]`. */
function countsOf(plan: PoolingPlan, extents: readonly number[], includePad: boolean): Tensor | number {
  const along = extents.map((extent, k) => {
    const [n, [low, high]] = [plan.size[k]!, plan.padding[k]!];
    const [first, last] = includePad ? [-low, extent + high] : [0, extent];
    return Array.from({ length: plan.positions[k]! }, (_, p) => {
      const start = p * plan.stride[k]! - low;
      return Math.min(start + n, last) - Math.max(start, first);
    });
  });
  const counts = along.reduce((products, line) => products.flatMap((product) => line.map((n) => product * n)), [1]);
  const [one] = counts;
  if (one !== undefined && counts.every((count) => count === one)) return one;
  return tensor(counts, { shape: plan.positions, dtype: "int32" });
}

type AvgPool = (x: Tensor, size: PerAxis, options?: AveragePoolOptions) => Tensor;

const avgPoolOf = (rank: number): AvgPool => {
  const [fn, table] = [`avgPool${rank}d`, avgPoolTable(rank)];
  return (x, size, options = {}) => averagePooling(fn, rank, x, size, settleOptions(fn, options, table));
};

/**
 * The mean of every window over one axis.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @param size extent of a window
 * @throws {ValueError | ShapeError} for a padding of more than half a window, or a window larger than the padded input
 * @example
 * avgPool1d(tensor([[[1, 3, 2, 6]]]), 2).toArray(); // => [[[2, 4]]]
 * avgPool1d(tensor([[[1, 3]]]), 2, { stride: 1, padding: 1, countIncludePad: false }).toArray(); // => [[[1, 2, 3]]]
 * new AvgPool1d(2).forward(tensor([[[1, 5, 2, 0]]])).toArray(); // => [[[3, 1]]]
 */
export const avgPool1d: (x: Tensor, size: PerAxis, options?: AveragePoolOptions) => Tensor = avgPoolOf(1);

/**
 * {@link avgPool1d} of images `[N, C, H, W]`.
 *
 * @example
 * avgPool2d(tensor([[[[1, 2, 5, 0], [4, 1, 1, 2]]]]), 2).toArray(); // => [[[[2, 2]]]]
 * new AvgPool2d(3, { stride: 2, padding: 1 }).forward(randn([8, 3, 28, 28])).shape; // => [8, 3, 14, 14]
 */
export const avgPool2d: (x: Tensor, size: PerAxis, options?: AveragePoolOptions) => Tensor = avgPoolOf(2);

/**
 * {@link avgPool1d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * avgPool3d(zeros([2, 3, 4, 6, 8]), [2, 3, 4]).shape; // => [2, 3, 2, 2, 2]
 * new AvgPool3d(2).forward(randn([1, 3, 4, 6, 8])).shape; // => [1, 3, 2, 3, 4]
 */
export const avgPool3d: (x: Tensor, size: PerAxis, options?: AveragePoolOptions) => Tensor = avgPoolOf(3);

abstract class AvgPoolLayer extends PoolLayer<AveragePoolOptions> {
  constructor(size: PerAxis, options: AveragePoolOptions = {}) {
    super(size, options, avgPoolTable, [avgPool1d, avgPool2d, avgPool3d]);
  }
}

/** {@link avgPool1d} as a layer. */
export class AvgPool1d extends AvgPoolLayer {
  static override readonly name: string = "AvgPool1d";
  protected static override readonly rank = 1;
}

/** {@link avgPool2d} as a layer. */
export class AvgPool2d extends AvgPoolLayer {
  static override readonly name: string = "AvgPool2d";
  protected static override readonly rank = 2;
}

/** {@link avgPool3d} as a layer. */
export class AvgPool3d extends AvgPoolLayer {
  static override readonly name: string = "AvgPool3d";
  protected static override readonly rank = 3;
}
