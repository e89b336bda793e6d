import { ShapeError, type Shape, ValueError } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";
import { type Sliding, spanOf } from "../convolution/patches.ts";
import { type PerAxis, perAxis } from "../convolution/per-axis.ts";

/** Options that all pooling shares; one number for all spatial axes or a number each. */
export interface PoolingOptions {
  /** Distance between neighbouring windows, `size` unless given. */
  readonly stride?: PerAxis | undefined;
  /** Elements added before and after each axis, at most half a window; 0 unless given. */
  readonly padding?: PerAxis;
  /** Whether a last window may reach over the end, false unless given. */
  readonly ceilMode?: boolean;
}

/** Checked options of pooling, and what they give for an input. */
export interface PoolingPlan extends Sliding {
  /** Elements before and after each axis; after it also those that `ceilMode` needs. */
  readonly margins: readonly (readonly [number, number])[];
  /** Padding on each side of each axis, as given. */
  readonly padding: readonly number[];
  /** Number of windows along each axis. */
  readonly positions: readonly number[];
}

/** {@link PoolingOptions} and the dilation that max pooling has. */
export type WindowOptions = PoolingOptions & { readonly dilation?: PerAxis };

/** Checks window and options for a number of spatial axes. */
export function resolvePooling(
  fn: string,
  rank: number,
  window: PerAxis,
  options: WindowOptions,
): Sliding & Pick<PoolingPlan, "padding"> {
  const size = perAxis(fn, "size", window, rank, 1);
  const stride = perAxis(fn, "stride", options.stride ?? size, rank, 1);
  const padding = perAxis(fn, "padding", options.padding ?? 0, rank, 0);
  const dilation = perAxis(fn, "dilation", options.dilation ?? 1, rank, 1);
  const spans = size.map((n, k) => spanOf(n, dilation[k]!));
  if (padding.some((n, k) => 2 * n > spans[k]!)) {
    throw new ValueError(
      `${fn}: expected padding of at most half a window ${formatShape(spans)}, got ${formatShape(padding)}.`,
    );
  }
  return { size, stride, dilation, padding };
}

/** Checks options against the spatial extents of an input. */
export function planPooling(fn: string, extents: Shape, window: PerAxis, options: WindowOptions): PoolingPlan {
  const { size, stride, dilation, padding } = resolvePooling(fn, extents.length, window, options);
  const spans = size.map((n, k) => spanOf(n, dilation[k]!));
  const positions = extents.map((extent, k) => {
    const [by, pad] = [stride[k]!, padding[k]!];
    const steps = (extent + 2 * pad - spans[k]!) / by;
    if (options.ceilMode !== true) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    // A window has to start within the input or the padding before it.
    return (count - 1) * by >= extent + pad ? count - 1 : count;
  });
  if (positions.some((n) => n < 1)) {
    throw new ShapeError(
      `${fn}: expected spatial extents of at least a window ${formatShape(spans)} after padding, got ${formatShape(extents)}.`,
    );
  }
  const margins = extents.map((extent, k): [number, number] => {
    const low = padding[k]!;
    const reach = (positions[k]! - 1) * stride[k]! + spans[k]!;
    return [low, Math.max(reach - extent - low, 0)];
  });
  return { size, stride, dilation, padding, margins, positions };
}
