import { type Shape, ValueError } from "@tapegrad/tensor";
import { formatShape, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type Sliding, spanOf } from "./patches.ts";
import { eachAxis, type PerAxis, perAxis } from "./per-axis.ts";

/** Options of `conv1d`, `conv2d` and `conv3d`; those per spatial axis take one number for all or a number each. */
export interface ConvolutionOptions {
  /** Distance between neighbouring windows, 1 unless given. */
  readonly stride?: PerAxis;
  /**
   * Zeros before and after each axis, 0 unless given. `"valid"` is 0; `"same"` keeps the extents, with an odd zero after
   * the end, and needs stride 1.
   */
  readonly padding?: PerAxis | "same" | "valid";
  /** Distance between neighbouring elements of the window, 1 unless given. */
  readonly dilation?: PerAxis;
  /** Number of parts into which the channels are cut, each convolved by itself; 1 unless given. */
  readonly groups?: number;
}

/** Options of convolutions over `rank` spatial axes, row by row. */
export function convolutionTable(rank: number): OptionTable<ConvolutionOptions> {
  return {
    stride: option(perAxis(rank, ranges.count), 1),
    padding: option(ranges.either(perAxis(rank, ranges.whole(0)), ranges.oneOf("same", "valid")), 0),
    dilation: option(perAxis(rank, ranges.count), 1),
    groups: option(ranges.count, 1),
  };
}

/** What the options of a convolution say of each spatial axis. */
export interface ConvolutionPlan extends Sliding {
  /** Zeros before and after each spatial axis. */
  readonly padding: readonly (readonly [number, number])[];
  readonly groups: number;
}

/** Spreads options over the axes of a window; throws for padding `"same"` with another stride than 1. */
export function planConvolution(fn: string, size: Shape, options: Required<ConvolutionOptions>): ConvolutionPlan {
  const stride = eachAxis(size.length, options.stride);
  const dilation = eachAxis(size.length, options.dilation);
  const margins = (): (readonly [number, number])[] => {
    const { padding } = options;
    if (padding !== "same") return eachAxis(size.length, padding === "valid" ? 0 : padding).map((n) => [n, n]);
    if (stride.some((by) => by !== 1)) {
      throw new ValueError(`${fn}: expected stride 1 with padding "same", got ${formatShape(stride)}.`);
    }
    return size.map((n, k) => {
      const total = spanOf(n, dilation[k]!) - 1;
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  };
  return { size, stride, dilation, groups: options.groups, padding: margins() };
}
