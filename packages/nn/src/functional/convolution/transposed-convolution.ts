import { type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, formatShape, sizeOf } from "@tapegrad/tensor/internal";
import {
  addBias,
  checkBias,
  checkDTypes,
  type ConvolutionOptions,
  type ConvolutionPlan,
  planConvolution,
} from "./convolution.ts";
import { foldPatches, spanOf } from "./patches.ts";
import { type PerAxis, perAxis, withBatch } from "./per-axis.ts";

/** Options of {@link transposedConvolution}; padding is what the convolution to be undone had. */
export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "padding"> {
  /** Elements taken off before and after each axis, 0 unless given. */
  readonly padding?: PerAxis;
  /** Elements added after each axis, less than stride or dilation; 0 unless given. */
  readonly outputPadding?: PerAxis;
}

/** Checked options of a transposed convolution. */
export interface TransposedPlan extends ConvolutionPlan {
  /** Elements added after each axis. */
  readonly extra: readonly number[];
}

/** Checks options against the extents of a window. */
export function planTransposed(fn: string, size: Shape, options: TransposedConvolutionOptions): TransposedPlan {
  checkOptions(fn, options, ["stride", "padding", "outputPadding", "dilation", "groups"]);
  const { outputPadding = 0, padding = 0, ...others } = options;
  const plan = planConvolution(fn, size, { ...others, padding: perAxis(fn, "padding", padding, size.length, 0) });
  const extra = perAxis(fn, "outputPadding", outputPadding, size.length, 0);
  extra.forEach((n, k) => {
    if (n >= Math.max(plan.stride[k]!, plan.dilation[k]!)) {
      throw new ValueError(`${fn}: expected outputPadding below stride or dilation, got ${formatShape(extra)}.`);
    }
  });
  return { ...plan, extra };
}

/**
 * The adjoint of a convolution over `rank` spatial axes: `y[n, o, p·stride + k·dilation] += w[c, o, k] · x[n, c, p]`.
 *
 * A product of matrices gives what every position adds to its window, and `foldWindows` adds it.
 */
export function transposedConvolution(
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: TransposedConvolutionOptions,
): Tensor {
  const fn = `convTranspose${rank}d`;
  const [inside, out, ...size] = weight.shape;
  if (inside === undefined || out === undefined || size.length !== rank) {
    throw new ShapeError(`${fn}: expected a weight of ${rank + 2} axes, got shape ${formatShape(weight.shape)}.`);
  }
  const plan = planTransposed(fn, size, options);
  const { stride, dilation, padding, groups, extra } = plan;
  if (inside % groups !== 0) {
    throw new ShapeError(`${fn}: expected a number of channels divisible by ${groups} groups, got ${inside}.`);
  }
  checkBias(fn, bias, out * groups);
  checkDTypes(fn, x, weight, bias);
  return withBatch(fn, x, rank, (batch) => {
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
    const rows = batch.reshape([count, groups, inside / groups, sizeOf(positions)]);
    const filters = weight.reshape([groups, inside / groups, out * sizeOf(size)]);
    const [added] = apply("matmul", [filters, rows], { transposeA: true, transposeB: false }); // [N, groups, O·K, P]
    const folded = foldPatches(added.reshape([count, groups * out, ...size, ...positions]), plan, full);
    const whole = margins.every(([low, high]) => low === 0 && high === 0);
    return addBias(whole ? folded : folded.pad([[0, 0], [0, 0], ...margins]), bias);
  });
}
