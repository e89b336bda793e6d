import { type PadMode, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  composite,
  expectNothing,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { type ConvolutionOptions, type ConvolutionPlan, convolutionTable, planConvolution } from "./conv-plan.ts";
import { addBias, checkFilters, FilterLayer, type FilterOptions, filterSize, filterTable } from "./filters.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { patches } from "./patches.ts";
import { type PerAxis, withBatch } from "./per-axis.ts";
import type { LazySize } from "../module/lazy-size.ts";

type Conv = (x: Tensor, weight: Tensor, bias?: Tensor, options?: ConvolutionOptions) => Tensor;

/** A convolution over `rank` spatial axes that speaks as `fn`. */
export const convOf = (rank: number, fn: string = `conv${rank}d`): Conv => {
  const table = convolutionTable(rank);
  return (x, weight, bias, options = {}) => {
    const size = filterSize(fn, weight, rank);
    return convolve(fn, x, weight, bias, planConvolution(fn, size, settleOptions(fn, options, table)));
  };
};

/** Every window becomes a column (`windows`), and the weight a matrix: one product per sample and group. */
function convolve(fn: string, x: Tensor, weight: Tensor, bias: Tensor | undefined, plan: ConvolutionPlan): Tensor {
  const { size, groups, padding: margins } = plan;
  const [out, inside] = weight.shape as [number, number];
  if (out % groups !== 0) {
    throw new ShapeError(`${fn}: expected a number of filters divisible by ${groups} groups, got ${out}.`);
  }
  checkFilters(fn, x, weight, bias, out);
  return withBatch(fn, x, size.length, (batch) => {
    const [count, channels] = batch.shape as [number, number];
    if (channels !== inside * groups) {
      throw new ShapeError(
        `${fn}: expected input of ${inside * groups} channels for a weight of shape ${formatShape(weight.shape)} in ${groups} groups, got shape ${formatShape(x.shape)}.`,
      );
    }
    const { stride, dilation } = plan;
    return composite("conv", [batch, weight, bias], { stride, dilation, margins, groups }, () => {
      const padded = margins.every(([low, high]) => low + high === 0) ? batch : batch.pad([[0, 0], [0, 0], ...margins]);
      const seen = patches(fn, padded, plan); // [N, C, ...size, ...positions]
      const positions = seen.shape.slice(2 + size.length);
      const columns = seen.reshape([count, groups, inside * sizeOf(size), sizeOf(positions)]);
      const filters = weight.reshape([groups, out / groups, inside * sizeOf(size)]);
      return addBias(filters.matmul(columns).reshape([count, out, ...positions]), bias);
    });
  });
}

/**
 * One-dimensional convolution (cross-correlation): `y[n, o, p] = b[o] + Σ w[o, c, k] · x[n, c, p·stride + k·dilation]`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param weight `[O, C / groups, K]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, L']` with `L' = ⌊(L + padding − dilation·(K − 1) − 1) / stride⌋ + 1`
 * @throws {ShapeError} when channels do not fit or the window is larger than the padded input
 * @example
 * conv1d(tensor([[[1, 2, 4, 8]]]), tensor([[[-1, 1]]])).toArray(); // => [[[1, 2, 4]]]
 * const layer = new Conv1d(3, 8, 5, { padding: 2, paddingMode: "reflect" });
 * layer.forward(randn([2, 3, 16])).shape; // => [2, 8, 16]
 * layer.weight.shape; // => [8, 3, 5]
 */
export const conv1d: (x: Tensor, weight: Tensor, bias?: Tensor, options?: ConvolutionOptions) => Tensor = convOf(1);

/**
 * {@link conv1d} of images `[N, C, H, W]` with a weight `[O, C / groups, kH, kW]`.
 *
 * @see LeCun et al. 1989, https://doi.org/10.1162/neco.1989.1.4.541
 * @example
 * const edges = tensor([[[[1, -1]]]]);
 * conv2d(tensor([[[[3, 3, 0], [5, 1, 1]]]]), edges).toArray(); // => [[[[0, 3], [4, 0]]]]
 * conv2d(zeros([8, 4, 9, 9]), zeros([6, 2, 3, 3]), zeros([6]), { stride: 2, padding: 1, groups: 2 }).shape; // => [8, 6, 5, 5]
 * const layer = new Conv2d(4, 8, 3, { stride: 2, padding: 1, groups: 2 });
 * layer.forward(randn([2, 4, 9, 7])).shape; // => [2, 8, 5, 4]
 * Object.values(layer.stateDict()).map((t) => t.shape); // => [[8, 2, 3, 3], [8]]
 */
export const conv2d: (x: Tensor, weight: Tensor, bias?: Tensor, options?: ConvolutionOptions) => Tensor = convOf(2);

/**
 * {@link conv1d} of volumes `[N, C, D, H, W]` with a weight `[O, C / groups, kD, kH, kW]`.
 *
 * @example
 * conv3d(zeros([1, 2, 5, 6, 7]), zeros([3, 2, 3, 3, 3]), undefined, { padding: "same" }).shape; // => [1, 3, 5, 6, 7]
 * new Conv3d(2, 4, 3, { padding: "same" }).forward(randn([1, 2, 4, 5, 6])).shape; // => [1, 4, 4, 5, 6]
 */
export const conv3d: (x: Tensor, weight: Tensor, bias?: Tensor, options?: ConvolutionOptions) => Tensor = convOf(3);

/** Options of {@link Conv1d}, {@link Conv2d} and {@link Conv3d}. */
export interface ConvOptions extends ConvolutionOptions, FilterOptions {
  /** What padding adds, zeros unless given. */
  readonly paddingMode?: "zeros" | Exclude<PadMode, "constant">;
}

/** {@link ConvOptions} over `rank` spatial axes, row by row. */
export const convTable = (rank: number): OptionTable<ConvOptions> => ({
  ...convolutionTable(rank),
  paddingMode: option(ranges.oneOf("zeros", "reflect", "replicate", "circular"), "zeros"),
  ...filterTable,
});

/** What convolutions of all ranks have in common. */
export abstract class Convolution extends FilterLayer<ConvOptions> {
  /** How `lazy` finds the first argument. */
  static get lazySize(): LazySize {
    const times = ([, , options]: readonly unknown[]): number => (options as ConvOptions | undefined)?.groups ?? 1;
    return { inputAxis: -1 - this.rank, stateAxes: [["weight", 1]], times };
  }
  private readonly convolutionPlan: () => ConvolutionPlan;

  /** @param size extents of a filter, one number for all axes or a number each */
  constructor(inChannels: number, outChannels: number, size: PerAxis, options: ConvOptions & OptionsOf<"Conv"> = {}) {
    super(inChannels, outChannels, size, options, convTable, false);
    const plan = planConvolution(new.target.name, this.size, this.options);
    this.convolutionPlan = () => plan;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    const fn = `conv${this.size.length}d`;
    expectNothing(fn, none);
    expectTensor(fn, "x", x);
    return activate(this.convolved(fn, x), this.activation);
  }

  private convolved(fn: string, x: Tensor): Tensor {
    const { weight, bias } = this;
    const { paddingMode: mode } = this.options;
    const rank = this.size.length;
    if (mode === "zeros" || x.ndim < rank) return convolve(fn, x, weight, bias, this.convolutionPlan());
    const { padding } = this.convolutionPlan();
    const widths = x.shape.map((_, axis): readonly [number, number] => padding[axis - (x.ndim - rank)] ?? [0, 0]);
    return convolve(fn, x.pad(widths, { mode }), weight, bias, {
      ...this.convolutionPlan(),
      padding: padding.map(() => [0, 0]),
    });
  }
}

/** {@link conv1d} as a layer, with trained filters. */
export class Conv1d extends Convolution {
  static override readonly name: string = "Conv1d";
  protected static override readonly rank = 1;
}

/** {@link conv2d} as a layer, with trained filters. */
export class Conv2d extends Convolution {
  static override readonly name: string = "Conv2d";
  protected static override readonly rank = 2;
}

/** {@link conv3d} as a layer, with trained filters. */
export class Conv3d extends Convolution {
  static override readonly name: string = "Conv3d";
  protected static override readonly rank = 3;
}
