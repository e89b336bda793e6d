import { type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  apply,
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
import type { OptionsOf } from "../module/options-of.ts";
import { type ConvolutionOptions, type ConvolutionPlan, convolutionTable, planConvolution } from "./conv-plan.ts";
import { type Extents, extentsOf } from "./extents-of.ts";
import { addBias, checkFilters, FilterLayer, type FilterOptions, filterSize, filterTable } from "./filters.ts";
import { foldPatches, spanOf } from "./patches.ts";
import { eachAxis, type PerAxis, perAxis, withBatch } from "./per-axis.ts";
import type { LazySize } from "../module/lazy-size.ts";

/** Options of {@link convTranspose1d} and its like; padding is what the convolution to be undone had. */
export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "padding"> {
  /** Elements taken off before and after each axis, 0 unless given. */
  readonly padding?: PerAxis;
  /** Elements added after each axis, less than stride or dilation; 0 unless given. */
  readonly outputPadding?: PerAxis;
}

function transposedTable(rank: number): OptionTable<TransposedConvolutionOptions> {
  const { stride, dilation, groups } = convolutionTable(rank);
  const padding = option(perAxis(rank, ranges.whole(0)), 0);
  return { stride, padding, outputPadding: padding, dilation, groups };
}

interface TransposedPlan extends ConvolutionPlan {
  /** Elements added after each axis. */
  readonly extra: readonly number[];
}

function planTransposed(fn: string, size: Shape, options: Required<TransposedConvolutionOptions>): TransposedPlan {
  const plan = planConvolution(fn, size, options);
  const extra = eachAxis(size.length, options.outputPadding);
  if (extra.some((n, k) => n >= Math.max(plan.stride[k]!, plan.dilation[k]!))) {
    throw new ValueError(`${fn}: expected outputPadding below stride or dilation, got ${formatShape(extra)}.`);
  }
  return { ...plan, extra };
}

type ConvTranspose = (x: Tensor, weight: Tensor, bias?: Tensor, options?: TransposedConvolutionOptions) => Tensor;

const convTransposeOf = (rank: number): ConvTranspose => {
  const [fn, table] = [`convTranspose${rank}d`, transposedTable(rank)];
  return (x, weight, bias, options = {}) => {
    const size = filterSize(fn, weight, rank);
    return convolveTransposed(fn, x, weight, bias, planTransposed(fn, size, settleOptions(fn, options, table)));
  };
};

/** A product of matrices gives what every position adds to its window, and `foldWindows` adds it. */
function convolveTransposed(
  fn: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  plan: TransposedPlan,
): Tensor {
  const { size, stride, dilation, padding, groups, extra } = plan;
  const [inside, out] = weight.shape as [number, number];
  if (inside % groups !== 0) {
    throw new ShapeError(`${fn}: expected a number of channels divisible by ${groups} groups, got ${inside}.`);
  }
  checkFilters(fn, x, weight, bias, out * groups);
  return withBatch(fn, x, size.length, (batch) => {
    const [count, channels, ...positions] = batch.shape as [number, number, ...number[]];
    if (channels !== inside || positions.includes(0)) {
      throw new ShapeError(
        `${fn}: expected input of ${inside} channels and no empty axis for a weight of shape ${formatShape(weight.shape)}, got shape ${formatShape(x.shape)}.`,
      );
    }
    const full = positions.map((n, k) => (n - 1) * stride[k]! + spanOf(size[k]!, dilation[k]!));
    const margins = padding.map(([low, high], k): [number, number] => [-low, extra[k]! - high]);
    const spatial = full.map((n, k) => n + margins[k]![0] + margins[k]![1]);
    if (spatial.some((n) => n < 1)) {
      throw new ShapeError(`${fn}: expected a result with extents of at least 1, got ${formatShape(spatial)}.`);
    }
    return composite(
      "convTranspose",
      [batch, weight, bias],
      { stride, dilation, margins: padding, groups, extra },
      () => {
        const rows = batch.reshape([count, groups, inside / groups, sizeOf(positions)]);
        const filters = weight.reshape([groups, inside / groups, out * sizeOf(size)]);
        const [added] = apply("matmul", [filters, rows], { transposeA: true, transposeB: false }); // [N, groups, O·K, P]
        const folded = foldPatches(added.reshape([count, groups * out, ...size, ...positions]), plan, full);
        const whole = margins.every(([low, high]) => low === 0 && high === 0);
        return addBias(whole ? folded : folded.pad([[0, 0], [0, 0], ...margins]), bias);
      },
    );
  });
}

/**
 * One-dimensional transposed convolution, the gradient of `conv1d` by its input:
 * `y[n, o, p·stride + k·dilation − padding] += w[c, o, k] · x[n, c, p]`, plus `b[o]`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param weight `[C, O / groups, K]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, (L − 1)·stride − 2·padding + dilation·(K − 1) + outputPadding + 1]`
 * @throws {ShapeError} when channels do not fit
 * @example
 * convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10, 100]]]), undefined, { stride: 2 }).toArray(); // => [[[1, 10, 102, 20, 200]]]
 * new ConvTranspose1d(3, 2, 4, { stride: 2, padding: 1 }).forward(randn([1, 3, 8])).shape; // => [1, 2, 16]
 */
export const convTranspose1d: (
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options?: TransposedConvolutionOptions,
) => Tensor = convTransposeOf(1);

/**
 * {@link convTranspose1d} of images `[N, C, H, W]` with a weight `[C, O / groups, kH, kW]`.
 *
 * @see Zeiler et al. 2010, https://doi.org/10.1109/CVPR.2010.5539957
 * @example
 * convTranspose2d(zeros([1, 3, 3, 4]), zeros([3, 2, 3, 3]), zeros([2]), { stride: 2, padding: 1, outputPadding: 1 }).shape; // => [1, 2, 6, 8]
 * const layer = new ConvTranspose2d(4, 6, 2, { stride: 2, groups: 2 });
 * layer.forward(randn([1, 4, 5, 3])).shape; // => [1, 6, 10, 6]
 * layer.weight.shape; // => [4, 3, 2, 2]
 * layer.forward(randn([1, 4, 5, 3]), [11, 7]).shape; // => [1, 6, 11, 7]
 */
export const convTranspose2d: (
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options?: TransposedConvolutionOptions,
) => Tensor = convTransposeOf(2);

/**
 * {@link convTranspose1d} of volumes `[N, C, D, H, W]` with a weight `[C, O / groups, kD, kH, kW]`.
 *
 * @example
 * convTranspose3d(zeros([1, 2, 2, 2, 2]), zeros([2, 1, 2, 2, 2]), undefined, { stride: 2 }).shape; // => [1, 1, 4, 4, 4]
 * new ConvTranspose3d(2, 1, 3).forward(randn([1, 2, 2, 3, 4])).shape; // => [1, 1, 4, 5, 6]
 */
export const convTranspose3d: (
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options?: TransposedConvolutionOptions,
) => Tensor = convTransposeOf(3);

/** Options of {@link ConvTranspose1d}, {@link ConvTranspose2d} and {@link ConvTranspose3d}. */
export interface ConvTransposeOptions extends TransposedConvolutionOptions, FilterOptions {}

const layerTable = (rank: number): OptionTable<ConvTransposeOptions> => ({ ...transposedTable(rank), ...filterTable });

/** What transposed convolutions of all dimensions have in common; their filters have the outputs along axis 1. */
export abstract class TransposedConvolution extends FilterLayer<ConvTransposeOptions> {
  /** How `lazy` finds the first argument. */
  static get lazySize(): LazySize {
    return { inputAxis: -1 - this.rank, stateAxes: [["weight", 0]] };
  }
  private readonly transposedPlan: () => TransposedPlan;

  /** @param size extents of a filter, one number for all axes or a number each */
  constructor(
    inChannels: number,
    outChannels: number,
    size: PerAxis,
    options: ConvTransposeOptions & OptionsOf<"ConvTranspose"> = {},
  ) {
    super(inChannels, outChannels, size, options, layerTable, true);
    const plan = planTransposed(new.target.name, this.size, this.options);
    this.transposedPlan = () => plan;
  }

  /**
   * @param x `[N, C, ...spatial]`, or without N for one sample
   * @param outputSize extents of the result in place of `outputPadding`, from those without any to less than a stride more:
   * one number for all axes, a number each, or a tensor that has them, such as the one that was convolved
   */
  override forward(x: Tensor, outputSize?: Extents, ...none: []): Tensor {
    const fn = `convTranspose${this.size.length}d`;
    expectNothing(fn, none);
    const plan = outputSize === undefined ? this.transposedPlan() : this.planFor(fn, x, outputSize);
    return activate(convolveTransposed(fn, x, this.weight, this.bias, plan), this.activation);
  }

  /** The plan that gives extents of `outputSize`. */
  private planFor(fn: string, x: Tensor, outputSize: Extents): TransposedPlan {
    const plan = this.transposedPlan();
    const rank = plan.size.length;
    expectTensor(fn, "x", x);
    const wanted = extentsOf(fn, rank, outputSize);
    const least = x.shape.slice(-rank).map((n, k) => {
      const [low, high] = plan.padding[k]!;
      return (n - 1) * plan.stride[k]! + spanOf(plan.size[k]!, plan.dilation[k]!) - low - high;
    });
    const extra = wanted.map((n, k) => n - least[k]!);
    if (x.ndim > rank && extra.some((n, k) => n < 0 || n >= plan.stride[k]!)) {
      throw new ShapeError(
        `${fn}: expected outputSize from ${formatShape(least)}, by less than a stride ${formatShape(plan.stride)} more, got ${formatShape(wanted)}.`,
      );
    }
    return { ...plan, extra };
  }
}

/** {@link convTranspose1d} as a layer, with trained filters. */
export class ConvTranspose1d extends TransposedConvolution {
  static override readonly name: string = "ConvTranspose1d";
  protected static override readonly rank = 1;
}

/** {@link convTranspose2d} as a layer, with trained filters. */
export class ConvTranspose2d extends TransposedConvolution {
  static override readonly name: string = "ConvTranspose2d";
  protected static override readonly rank = 2;
}

/** {@link convTranspose3d} as a layer, with trained filters. */
export class ConvTranspose3d extends TransposedConvolution {
  static override readonly name: string = "ConvTranspose3d";
  protected static override readonly rank = 3;
}
