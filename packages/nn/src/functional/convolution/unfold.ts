import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { checkOptions, formatShape, sizeOf } from "@tapegrad/tensor/internal";
import { countPositions, foldPatches, patches, type Sliding } from "./patches.ts";
import { type PerAxis, perAxis, withBatch } from "./per-axis.ts";

/** Options of {@link unfold} and {@link fold}; one number for both axes or a number each. */
export interface UnfoldOptions {
  /** Distance between neighbouring windows, 1 unless given. */
  readonly stride?: PerAxis;
  /** Zeros before and after each axis, 0 unless given. */
  readonly padding?: PerAxis;
  /** Distance between neighbouring elements of the window, 1 unless given. */
  readonly dilation?: PerAxis;
}

function plan(fn: string, size: PerAxis, options: UnfoldOptions): Sliding & { padding: [number, number][] } {
  checkOptions(fn, options, ["stride", "padding", "dilation"]);
  return {
    size: perAxis(fn, "size", size, 2, 1),
    stride: perAxis(fn, "stride", options.stride ?? 1, 2, 1),
    dilation: perAxis(fn, "dilation", options.dilation ?? 1, 2, 1),
    padding: perAxis(fn, "padding", options.padding ?? 0, 2, 0).map((n) => [n, n]),
  };
}

/**
 * Every window of an image as a column (im2col).
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param size extents of the window
 * @returns `[N, C·kH·kW, positions]`
 * @throws {ShapeError} when the window is larger than the padded image
 *
 * @example
 * ```ts
 * unfold(tensor([[[[1, 2, 3], [4, 5, 6]]]]), 2).toArray(); // => [[[1, 2], [2, 3], [4, 5], [5, 6]]]
 * ```
 */
export function unfold(x: Tensor, size: PerAxis, options: UnfoldOptions = {}): Tensor {
  const sliding = plan("unfold", size, options);
  return withBatch("unfold", x, 2, (batch) => {
    const [count, channels] = batch.shape as [number, number];
    const seen = patches("unfold", batch.pad([[0, 0], [0, 0], ...sliding.padding]), sliding);
    return seen.reshape([count, channels * sizeOf(sliding.size), sizeOf(seen.shape.slice(4))]);
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
 *
 * @example
 * ```ts
 * fold(tensor([[[1, 2], [2, 3], [4, 5], [5, 6]]]), [2, 3], 2).toArray(); // => [[[[1, 4, 3], [4, 10, 6]]]]
 * ```
 */
export function fold(columns: Tensor, shape: PerAxis, size: PerAxis, options: UnfoldOptions = {}): Tensor {
  const sliding = plan("fold", size, options);
  const { padding } = sliding;
  const image = perAxis("fold", "shape", shape, 2, 1);
  const padded = image.map((n, k) => n + padding[k]![0] + padding[k]![1]);
  const positions = countPositions("fold", padded, sliding);
  const window = sizeOf(sliding.size);
  return withBatch("fold", columns, 1, (batch) => {
    const [count, rows, places] = batch.shape as [number, number, number];
    if (rows % window !== 0 || places !== sizeOf(positions)) {
      throw new ShapeError(
        `fold: expected columns of shape [N, C·${window}, ${sizeOf(positions)}], got ${formatShape(columns.shape)}.`,
      );
    }
    const laidOut = batch.reshape([count, rows / window, ...sliding.size, ...positions]);
    const folded = foldPatches(laidOut, sliding, padded);
    return folded.pad([[0, 0], [0, 0], ...padding.map(([low, high]): [number, number] => [-low, -high])]);
  });
}
