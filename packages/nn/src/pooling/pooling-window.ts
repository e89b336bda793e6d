import { type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  formatShape,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { type Sliding, spanOf } from "../convolution/patches.ts";
import { eachAxis, type PerAxis, perAxis } from "../convolution/per-axis.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** One number for both ends of all axes, one for each axis, or one for each end. */
export type PoolPadding = PerAxis | readonly (readonly [before: number, after: number])[];

/** Options that all pooling shares; one number for all spatial axes or a number each. */
export interface PoolingOptions {
  /** Distance between neighbouring windows, `size` unless given. */
  readonly stride?: PerAxis | undefined;
  /**
   * Elements added before and after each axis, at most half a window; 0 unless given. `[[before, after], ...]` says both of
   * each axis, each less than a window.
   */
  readonly padding?: PoolPadding;
  /** Whether a last window may reach over the end, false unless given. */
  readonly ceilMode?: boolean;
}

/** What padding of `rank` spatial axes may be. */
function poolPadding(rank: number): ValueRange<PoolPadding> {
  const [ends, pairs] = [perAxis(rank, ranges.whole(0)), ranges.listOf(ranges.listOf(ranges.whole(0), 2), rank)];
  return { ...ranges.either(ends, pairs), text: `${ends.text}, or [before, after] of each axis` };
}

/** {@link PoolingOptions} over `rank` spatial axes, row by row. */
export function poolingTable(rank: number): OptionTable<PoolingOptions> {
  return {
    stride: optional(perAxis(rank, ranges.count)),
    padding: option(poolPadding(rank), 0),
    ceilMode: option(ranges.flag, false),
  };
}

/** {@link PoolingOptions}, all of them, and the dilation that max pooling has. */
export type WindowOptions = Required<PoolingOptions> & { readonly dilation?: PerAxis };

/** What the options of pooling say of each spatial axis. */
export interface PoolingWindow extends Sliding {
  /** Extent that a window covers. */
  readonly spans: readonly number[];
  /** Padding before and after each axis. */
  readonly padding: readonly (readonly [before: number, after: number])[];
}

/** A window and what it gives for an input. */
export interface PoolingPlan extends PoolingWindow {
  /** Elements before and after each axis; after it also those that `ceilMode` needs. */
  readonly margins: readonly (readonly [number, number])[];
  /** Number of windows along each axis. */
  readonly positions: readonly number[];
}

/** Spreads window and options over `rank` spatial axes; throws for a padding that is too large. */
export function poolingWindow(fn: string, rank: number, window: PerAxis, options: WindowOptions): PoolingWindow {
  expectValue(fn, "size", window, perAxis(rank, ranges.count));
  const size = eachAxis(rank, window);
  const stride = eachAxis(rank, options.stride ?? size);
  const padding = isPairs(options.padding)
    ? options.padding
    : eachAxis(rank, options.padding).map((n): [number, number] => [n, n]);
  const dilation = eachAxis(rank, options.dilation ?? 1);
  const spans = size.map((n, k) => spanOf(n, dilation[k]!));
  const [most, limit] = isPairs(options.padding)
    ? ["less than", (span: number): number => span - 1]
    : ["at most half", (span: number): number => Math.floor(span / 2)];
  if (padding.some((ends, k) => Math.max(...ends) > limit(spans[k]!))) {
    throw new ValueError(
      `${fn}: expected padding of ${most} a window ${formatShape(spans)}, got ${formatValue(options.padding)}.`,
    );
  }
  return { size, stride, dilation, padding, spans };
}

function isPairs(padding: PoolPadding): padding is readonly (readonly [number, number])[] {
  return typeof padding === "object" && typeof padding[0] === "object";
}

/** Holds window and options against the spatial extents of an input; throws when the window is larger. */
export function planPooling(fn: string, extents: Shape, size: PerAxis, options: WindowOptions): PoolingPlan {
  const window = poolingWindow(fn, extents.length, size, options);
  const { stride, padding, spans } = window;
  const positions = extents.map((extent, k) => {
    const [by, [low, high]] = [stride[k]!, padding[k]!];
    const steps = (extent + low + high - spans[k]!) / by;
    if (!options.ceilMode) return Math.floor(steps) + 1;
    const most = Math.ceil(steps) + 1;
    // A window has to start within the input or the padding before it.
    return (most - 1) * by >= extent + low ? most - 1 : most;
  });
  if (positions.some((n) => n < 1)) {
    throw new ShapeError(
      `${fn}: expected spatial extents of at least a window ${formatShape(spans)} after padding, got ${formatShape(extents)}.`,
    );
  }
  if (extents.some((extent, k) => missesInput(extent, window, k, positions[k]!))) {
    throw new ShapeError(
      `${fn}: expected an element of the input in every window, got extents ${formatShape(extents)} between elements of dilation ${formatShape(window.dilation)}.`,
    );
  }
  const margins = extents.map((extent, k): [number, number] => {
    const [low] = padding[k]!;
    const reach = (positions[k]! - 1) * stride[k]! + spans[k]!;
    return [low, Math.max(reach - extent - low, 0)];
  });
  return { ...window, margins, positions };
}

/** Whether there is a window along axis `k` whose elements all lie beside the input, which they do only if they lie far apart. */
function missesInput(
  extent: number,
  { size, stride, dilation, padding }: PoolingWindow,
  k: number,
  windows: number,
): boolean {
  const gap = dilation[k]!;
  if (extent >= gap) return false;
  const seesInput = (start: number): boolean =>
    Array.from({ length: size[k]! }, (_, i) => start + i * gap).some((at) => at >= 0 && at < extent);
  return !Array.from({ length: windows }, (_, p) => p * stride[k]! - padding[k]![0]).every(seesInput);
}

type Pool<Options> = (x: Tensor, size: PerAxis, options: Options) => Tensor;

/** A layer of pooling. */
export abstract class PoolLayer<Options extends PoolingOptions> extends ConfiguredModule<Options> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** Extents of a window. */
  readonly size: PerAxis;
  private readonly poolFunction: Pool<Options>;

  /** @param pools functions over one, two and three axes */
  constructor(
    size: PerAxis,
    options: Options,
    tableOf: (rank: number) => OptionTable<Options>,
    pools: readonly Pool<Options>[],
  ) {
    super(options, tableOf(new.target.rank), [`size=${formatValue(size)}`]);
    // Options has all that PoolingOptions has, which TypeScript does not see through Required.
    poolingWindow(new.target.name, new.target.rank, size, this.options as WindowOptions);
    this.size = size;
    this.poolFunction = pools[new.target.rank - 1]!;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(this.constructor.name, none);
    return this.poolFunction(x, this.size, this.options);
  }
}
