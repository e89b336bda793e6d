import { type Tensor, where } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  formatValue,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis } from "../convolution/per-axis.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { averagePooling, plainAverage } from "./avg-pool.ts";
import { type PoolingOptions, poolingTable, poolingWindow } from "./pooling-window.ts";

/** Options of power-average pooling. */
export type LPPoolOptions = Omit<PoolingOptions, "padding">;

const tableOf = (rank: number): OptionTable<LPPoolOptions> => {
  const { stride, ceilMode } = poolingTable(rank);
  return { stride, ceilMode };
};

function lpPooling(fn: string, rank: number, x: Tensor, p: number, size: PerAxis, options: LPPoolOptions): Tensor {
  const settled = settleOptions(fn, options, tableOf(rank));
  expectValue(fn, "p", p, ranges.positive);
  expectTensor(fn, "x", x);
  const values = asFloat(x);
  // A window over the end counts as if it were full.
  const means = averagePooling(fn, rank, p === 1 ? values : values.pow(p), size, { ...plainAverage, ...settled });
  const sums = means.mul(sizeOf(eachAxis(rank, size)));
  if (p === 1) return sums;
  const isZero = sums.eq(0);
  return where(isZero, 0, where(isZero, 1, sums).pow(1 / p));
}

type LPPool = (x: Tensor, p: number, size: PerAxis, options?: LPPoolOptions) => Tensor;

const lpPoolOf = (rank: number): LPPool => {
  const fn = `lpPool${rank}d`;
  return (x, p, size, options = {}) => lpPooling(fn, rank, x, p, size, options);
};

/**
 * Power-average pooling over one axis: `(Σ xᵖ)^(1/p)` of every window. 1 gives sums, and the larger p, the closer comes the
 * largest element. The gradient is 0 where the sum is 0, and the result NaN where it is negative.
 *
 * With `ceilMode` a window over the end counts its elements as often as fills it, as in PyTorch.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @param p the power
 * @param size extent of a window
 * @throws {ValueError | ShapeError} unless p > 0, or for a window larger than the input
 * @see Gulcehre et al. 2014, https://arxiv.org/abs/1311.1780
 * @example
 * lpPool1d(tensor([[[3, 4, 6, 8]]]), 2, 2).toArray(); // => [[[5, 10]]]
 * new LPPool1d(1, 2, { stride: 1 }).forward(tensor([[[3, 4, 6]]])).toArray(); // => [[[7, 10]]]
 */
export const lpPool1d: (x: Tensor, p: number, size: PerAxis, options?: LPPoolOptions) => Tensor = lpPoolOf(1);

/**
 * {@link lpPool1d} of images `[N, C, H, W]`.
 *
 * @example
 * lpPool2d(tensor([[[[1, 3], [3, 9]]]]), 2, 2).toArray(); // => [[[[10]]]]
 * new LPPool2d(2, 3, { stride: 2 }).forward(randn([8, 3, 29, 29])).shape; // => [8, 3, 14, 14]
 */
export const lpPool2d: (x: Tensor, p: number, size: PerAxis, options?: LPPoolOptions) => Tensor = lpPoolOf(2);

/**
 * {@link lpPool1d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * lpPool3d(zeros([2, 3, 4, 6, 8]), 2, [2, 3, 4]).shape; // => [2, 3, 2, 2, 2]
 * new LPPool3d(2, 2).forward(randn([1, 3, 4, 6, 8])).shape; // => [1, 3, 2, 3, 4]
 */
export const lpPool3d: (x: Tensor, p: number, size: PerAxis, options?: LPPoolOptions) => Tensor = lpPoolOf(3);

abstract class LPPoolLayer extends ConfiguredModule<LPPoolOptions> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** The power. */
  readonly p: number;
  /** Extents of a window. */
  readonly size: PerAxis;
  private readonly poolFunction: LPPool;

  constructor(p: number, size: PerAxis, options: LPPoolOptions = {}) {
    const { name, rank } = new.target;
    super(options, tableOf(rank), [p, `size=${formatValue(size)}`]);
    expectValue(name, "p", p, ranges.positive);
    poolingWindow(name, rank, size, { ...this.options, padding: 0 });
    this.p = p;
    this.size = size;
    this.poolFunction = [lpPool1d, lpPool2d, lpPool3d][rank - 1]!;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(this.constructor.name, none);
    return this.poolFunction(x, this.p, this.size, this.options);
  }
}

/** {@link lpPool1d} as a layer. */
export class LPPool1d extends LPPoolLayer {
  static override readonly name: string = "LPPool1d";
  protected static override readonly rank = 1;
}

/** {@link lpPool2d} as a layer. */
export class LPPool2d extends LPPoolLayer {
  static override readonly name: string = "LPPool2d";
  protected static override readonly rank = 2;
}

/** {@link lpPool3d} as a layer. */
export class LPPool3d extends LPPoolLayer {
  static override readonly name: string = "LPPool3d";
  protected static override readonly rank = 3;
}
