import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  axisList,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  normalizeAxis,
  option,
  optional,
  type OptionTable,
  ranges,
  sameShape,
} from "@tapegrad/tensor/internal";
import { checkChannels, otherAxes } from "./channels.ts";

/** One axis or several, from the end where they are negative. */
export type Axes = number | readonly number[];

/** The option of norms that find their channels elsewhere than on axis 1. */
export interface ChannelAxes {
  /**
   * The axis of the channels, 1 unless given, from the end if negative: -1 for images with their channels last. Of several
   * axes each place is a channel, and parameters and statistics have one axis for each.
   */
  readonly axis?: number | readonly number[];
}

/** The options of norms of every sample that find their channels elsewhere, or are given one sample alone. */
export interface SampleAxes {
  /** Whether axis 0 is that of the samples; true unless given, otherwise the input is one sample. */
  readonly batched?: boolean;
  /** The axis of the channels, from the end if negative; 1 unless given, and 0 of one sample alone. */
  readonly axis?: number | readonly number[] | undefined;
}

/** What `axis` may be. */
export const axesRange: ReturnType<typeof ranges.orListOf<number>> = ranges.orListOf(ranges.integer);
/** The row of {@link ChannelAxes}. */
export const channelAxesRow: OptionTable<ChannelAxes> = { axis: option(axesRange, 1) };
/** The rows of {@link SampleAxes}. */
export const sampleAxesRows: OptionTable<SampleAxes> = {
  axis: optional(axesRange),
  batched: option(ranges.flag, true),
};

/** Axes that an input has, in ascending order; throws for any others. */
export function ascendingAxes(fn: string, axis: Axes, ndim: number): readonly number[] {
  const axes = axisList(fn, axis).map((each) => normalizeAxis(fn, each, ndim));
  if (axes.length === 0 || axes.some((each, i) => i > 0 && each <= axes[i - 1]!)) {
    throw new ShapeError(`${fn}: expected axes in ascending order, got ${formatValue(axis)}.`);
  }
  return axes;
}

/** The axes of the channels of an input, and their extents. */
export interface Channels {
  readonly axes: readonly number[];
  readonly extents: Shape;
}

/**
 * The channels of `x`; throws unless their extents are `expected`, where these are known.
 *
 * @param axis as users say it
 */
export function channelsAt(fn: string, x: Tensor, axis: Axes, expected: Shape | undefined): Channels {
  if (axis === 1) return { axes: [1], extents: [checkChannels(fn, x, expected?.[0])] };
  expectTensor(fn, "x", x);
  const axes = ascendingAxes(fn, axis, x.ndim);
  const extents = axes.map((each) => x.shape[each]!);
  if (expected !== undefined && !sameShape(expected, extents)) {
    const wanted = typeof axis === "number" ? `${expected[0]} channels on axis ${axis}` : `channels ${formatShape(expected)} on axes ${formatShape(axis)}`; // prettier-ignore
    throw new ShapeError(`${fn}: expected ${wanted}, got input of shape ${formatShape(x.shape)}.`);
  }
  return { axes, extents };
}

/** The axis of the channels of samples. */
export function channelAxisOf({ axis, batched }: Required<SampleAxes>): Axes {
  return axis ?? (batched ? 1 : 0);
}

/** The {@link channelsAt} of samples, and their positions: all other axes, but that of the samples. */
export function channelsOfSamples(
  fn: string,
  x: Tensor,
  options: Required<SampleAxes>,
  expected: Shape | undefined,
): Channels & { readonly positions: readonly number[] } {
  const channels = channelsAt(fn, x, channelAxisOf(options), expected);
  if (!options.batched) return { ...channels, positions: otherAxes(x, channels.axes) };
  if (channels.axes[0] === 0) {
    throw new ShapeError(
      `${fn}: expected channels on axes behind that of the samples, got axis ${formatValue(options.axis)}. Say batched: false for one sample.`,
    );
  }
  return { ...channels, positions: otherAxes(x, [0, ...channels.axes]) };
}

/** The extents of the channels of a layer: a number, or of a list of axes as many; throws for others. */
export function settleFeatures(fn: string, features: number | Shape, axis: Axes | undefined): Shape {
  const extents = Array.isArray(axis) ? features : [features];
  if (!Array.isArray(extents) || (Array.isArray(axis) && extents.length !== axis.length)) {
    throw new ShapeError(
      `${fn}: expected features to be a list of extents for axis ${formatValue(axis)}, got ${formatValue(features)}.`,
    );
  }
  for (const extent of extents as Shape) expectValue(fn, "features", extent, ranges.extent);
  return [...(extents as Shape)];
}

/** The extents of a parameter of channels, as they are expected of an input: one by its size, whatever its axes. */
export function extentsOf(parameter: Tensor | undefined, axis: Axes | undefined): Shape | undefined {
  return parameter && (Array.isArray(axis) ? parameter.shape : [parameter.size]);
}
