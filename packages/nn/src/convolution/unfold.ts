import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { type ConvolutionOptions, type ConvolutionPlan, convolutionTable, planConvolution } from "./conv-plan.ts";
import { countPositions, foldPatches, patches } from "./patches.ts";
import { eachAxis, type PerAxis, perAxis, withBatch } from "./per-axis.ts";

/** Options of {@link unfold} and {@link fold}; one number for both axes or a number each. */
export interface UnfoldOptions extends Pick<ConvolutionOptions, "stride" | "dilation"> {
  /** Zeros before and after each axis, 0 unless given. */
  readonly padding?: PerAxis;
}

const { stride, dilation } = convolutionTable(2);
const table: OptionTable<UnfoldOptions> = { stride, padding: option(perAxis(2, ranges.whole(0)), 0), dilation };

function plan(fn: string, size: PerAxis, options: UnfoldOptions): ConvolutionPlan {
  const settled = settleOptions(fn, options, table);
  expectValue(fn, "size", size, perAxis(2, ranges.count));
  return planConvolution(fn, eachAxis(2, size), { ...settled, groups: 1 });
}

/**
 * Every window of an image as a column (im2col).
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param size extents of the window
 * @returns `[N, C·kH·kW, positions]`
 * @throws {ShapeError} when the window is larger than the padded image
 * @example
 * unfold(tensor([[[[1, 2, 3], [4, 5, 6]]]]), 2).toArray(); // => [[[1, 2], [2, 3], [4, 5], [5, 6]]]
 */
export function unfold(x: Tensor, size: PerAxis, options: UnfoldOptions = {}): Tensor {
  expectTensor("unfold", "x", x);
  const sliding = plan("unfold", size, options);
  return withBatch("unfold", x, 2, (batch) => {
    const [samples, channels] = batch.shape as [number, number];
    const seen = patches("unfold", batch.pad([[0, 0], [0, 0], ...sliding.padding]), sliding);
    return seen.reshape([samples, channels * sizeOf(sliding.size), sizeOf(seen.shape.slice(4))]);
  });
}

/**
 * The adjoint of {@link unfold}: adds columns back to the image that windows of it came from (col2im).
 *
 * @param columns `[N, C·kH·kW, positions]`, or without N for one sample
 * @param shape `[H, W]` of the image
 * @param size extents of the window
 * @returns `[N, C, H, W]`
 * @throws {ShapeError} when the columns do not fit the image
 * @example
 * functional.fold(tensor([[[1, 2], [2, 3], [4, 5], [5, 6]]]), [2, 3], 2).toArray(); // => [[[[1, 4, 3], [4, 10, 6]]]]
 */
export function fold(columns: Tensor, shape: PerAxis, size: PerAxis, options: UnfoldOptions = {}): Tensor {
  expectTensor("fold", "columns", columns);
  const sliding = plan("fold", size, options);
  const { padding } = sliding;
  expectValue("fold", "shape", shape, perAxis(2, ranges.count));
  const image = eachAxis(2, shape);
  const padded = image.map((n, k) => n + padding[k]![0] + padding[k]![1]);
  const positions = countPositions("fold", padded, sliding);
  const window = sizeOf(sliding.size);
  return withBatch("fold", columns, 1, (batch) => {
    const [samples, rows, places] = batch.shape as [number, number, number];
    checkDTypes("fold", { columns });
    if (rows % window !== 0 || places !== sizeOf(positions)) {
      throw new ShapeError(
        `fold: expected columns of shape [N, C·${window}, ${sizeOf(positions)}], got ${formatShape(columns.shape)}.`,
      );
    }
    const laidOut = batch.reshape([samples, rows / window, ...sliding.size, ...positions]);
    const folded = foldPatches(laidOut, sliding, padded);
    return folded.pad([[0, 0], [0, 0], ...padding.map(([low, high]): [number, number] => [-low, -high])]);
  });
}
