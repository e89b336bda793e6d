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
} from "@tapegrad/tensor/internal";
import { type Sliding, spanOf } from "../convolution/patches.ts";
import { eachAxis, type PerAxis, perAxis } from "../convolution/per-axis.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options that all pooling shares; one number for all spatial axes or a number each. */
export interface PoolingOptions {
  /** Distance between neighbouring windows, `size` unless given. */
  readonly stride?: PerAxis | undefined;
  /** Elements added before and after each axis, at most half a window; 0 unless given. */
  readonly padding?: PerAxis;
  /** Whether a last window may reach over the end, false unless given. */
  readonly ceilMode?: boolean;
}

/** {@link PoolingOptions} over `rank` spatial axes, row by row. */
export function poolingTable(rank: number): OptionTable<PoolingOptions> {
  return {
    stride: optional(perAxis(rank, ranges.count)),
    padding: option(perAxis(rank, ranges.whole(0)), 0),
    ceilMode: option(ranges.flag, false),
  };
}

/** {@link PoolingOptions}, all of them, and the dilation that max pooling has. */
export type WindowOptions = Required<PoolingOptions> & { readonly dilation?: PerAxis };

/** What the options of pooling say of each spatial axis. */
export interface PoolingWindow extends Sliding {
  /** Extent that a window covers. */
  readonly spans: readonly number[];
  /** Padding on each side of each axis. */
  readonly padding: readonly number[];
}

/** A window and what it gives for an input. */
export interface PoolingPlan extends PoolingWindow {
  /** Elements before and after each axis; after it also those that `ceilMode` needs. */
  readonly margins: readonly (readonly [number, number])[];
  /** Number of windows along each axis. */
  readonly positions: readonly number[];
}

/** Spreads window and options over `rank` spatial axes; throws for a padding of more than half a window. */
function poolingWindow(fn: string, rank: number, window: PerAxis, options: WindowOptions): PoolingWindow {
  expectValue(fn, "size", window, perAxis(rank, ranges.count));
  const size = eachAxis(rank, window);
  const stride = eachAxis(rank, options.stride ?? size);
  const padding = eachAxis(rank, options.padding);
  const dilation = eachAxis(rank, options.dilation ?? 1);
  const spans = size.map((n, k) => spanOf(n, dilation[k]!));
  if (padding.some((n, k) => 2 * n > spans[k]!)) {
    throw new ValueError(
      `${fn}: expected padding of at most half a window ${formatShape(spans)}, got ${formatShape(padding)}.`,
    );
  }
  return { size, stride, dilation, padding, spans };
}

/** Holds window and options against the spatial extents of an input; throws when the window is larger. */
export function planPooling(fn: string, extents: Shape, size: PerAxis, options: WindowOptions): PoolingPlan {
  const window = poolingWindow(fn, extents.length, size, options);
  const { stride, padding, spans } = window;
  const positions = extents.map((extent, k) => {
    const [by, pad] = [stride[k]!, padding[k]!];
    const steps = (extent + 2 * pad - spans[k]!) / by;
    if (!options.ceilMode) return Math.floor(steps) + 1;
    const most = Math.ceil(steps) + 1;
    // A window has to start within the input or the padding before it.
    return (most - 1) * by >= extent + pad ? most - 1 : most;
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
  return { ...window, margins, positions };
}

type Pool<Options> = (x: Tensor, size: PerAxis, options: Options) => Tensor;

/** A layer of max or average pooling. */
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
