import { ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis } from "../convolution/per-axis.ts";
import { adaptiveAverage } from "../pooling/adaptive-pool.ts";
import { type InterpolationMode, modeRange, filterOf } from "./interpolation-mode.ts";
import { type Resizing, type Taps, tapsOf } from "./taps.ts";

/** Options of {@link interpolate} and `UpSampling`: either the extents, or by what to multiply them. */
export interface InterpolateOptions {
  /** Extents of the result, one for all spatial axes or one each. */
  readonly size?: PerAxis | undefined;
  /** What extents are multiplied by, rounded down; one for all spatial axes or one each. */
  readonly scaleFactor?: PerAxis | undefined;
  /** How elements are made of others, the nearest unless given; `"area"` takes the means of adaptive pooling. */
  readonly mode?: InterpolationMode | "area";
  /**
   * Of linear and cubic modes: whether first and last elements stay where they are, so that they keep their values. Unless
   * given, the edges of the first and the last element stay, half an element further out.
   */
  readonly alignCorners?: boolean;
  /** Whether distances follow from the extents, and not from a `scaleFactor` that they do not have exactly; false unless given. */
  readonly recomputeScaleFactor?: boolean;
}

/** {@link InterpolateOptions}, row by row. */
export const interpolateTable: OptionTable<InterpolateOptions> = {
  size: optional(ranges.orListOf(ranges.count)),
  scaleFactor: optional(ranges.orListOf(ranges.positive)),
  mode: option(ranges.either(modeRange, ranges.oneOf("area")), "nearest"),
  alignCorners: option(ranges.flag, false),
  recomputeScaleFactor: option(ranges.flag, false),
};

/** Throws for options that do not go together. */
export function checkInterpolation(fn: string, options: Required<InterpolateOptions>): void {
  const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = options;
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new ValueError(`${fn}: expected size or scaleFactor, got ${size === undefined ? "neither" : "both"}.`);
  }
  if (alignCorners && (mode === "area" || mode.startsWith("nearest"))) {
    throw new ValueError(`${fn}: expected alignCorners false in mode ${mode}, got true.`);
  }
  if (recomputeScaleFactor && scaleFactor === undefined) {
    throw new ValueError(`${fn}: expected a scaleFactor to recompute, got size.`);
  }
}

/** What becomes of each of the spatial axes. */
export function resizings(
  fn: string,
  extents: readonly number[],
  { size, scaleFactor, recomputeScaleFactor }: Required<InterpolateOptions>,
): readonly Resizing[] {
  const rank = extents.length;
  const spread = (name: string, value: PerAxis): readonly number[] => {
    const each = eachAxis(rank, value);
    if (each.length === rank) return each;
    throw new ShapeError(`${fn}: expected ${name} of ${rank} spatial axes, got ${formatShape(each)}.`);
  };
  if (size !== undefined) {
    return spread("size", size).map((to, k) => ({ from: extents[k]!, to, step: extents[k]! / to }));
  }
  return spread("scaleFactor", scaleFactor!).map((factor, k) => {
    const from = extents[k]!;
    const to = Math.floor(from * factor);
    if (to < 1) {
      throw new ShapeError(`${fn}: expected extents of at least 1 afterwards, got ${from} times ${factor}.`);
    }
    return { from, to, step: recomputeScaleFactor ? from / to : 1 / factor };
  });
}

/**
 * Resizes the spatial axes, one after the other.
 *
 * With `s` elements of the input for one of the result, the element `i` is made of what lies around `i·s` in mode
 * `"nearest"` (the element at `⌊i·s⌋`), around `(i + ½)·s − ½` in all others, and around `i·(n − 1)/(m − 1)` with
 * `alignCorners`: of the nearest, of two in linear modes, of four in cubic ones (a = −0.75). Beyond the ends, the last element is
 * repeated. `"bilinear"`, `"trilinear"` and `"bicubic"` are the names of `"linear"` and `"cubic"` with two and three axes.
 * A scale factor has its distances also where it does not change an extent; PyTorch copies such an axis in linear modes.
 *
 * @param x `[N, C, ...spatial]`; integers become float32 unless the nearest are taken
 * @returns `[N, C, ...]` of the extents that `size` or `scaleFactor` say
 * @throws {ShapeError} when there is no spatial axis, or the options are those of another number of them
 * @throws {ValueError} unless there is either a size or a scale factor
 * @see Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711
 * @example
 * const x = tensor([[[1, 3]]]);
 * interpolate(x, { scaleFactor: 2 }).toArray(); // => [[[1, 1, 3, 3]]]
 * interpolate(x, { scaleFactor: 2, mode: "linear" }).toArray(); // => [[[1, 1.5, 2.5, 3]]]
 * interpolate(x, { size: 3, mode: "linear", alignCorners: true }).toArray(); // => [[[1, 2, 3]]]
 * interpolate(zeros([1, 3, 4, 6]), { size: [8, 9], mode: "bicubic" }).shape; // => [1, 3, 8, 9]
 */
export function interpolate(x: Tensor, options: InterpolateOptions = {}): Tensor {
  const fn = "interpolate";
  expectTensor(fn, "x", x);
  const settled = settleOptions(fn, options, interpolateTable);
  checkInterpolation(fn, settled);
  const { mode, alignCorners } = settled;
  const [, , ...extents] = x.shape;
  if (extents.length === 0 || extents.includes(0)) {
    throw new ShapeError(`${fn}: expected input [N, C, ...spatial] of extents ≥ 1, got shape ${formatShape(x.shape)}.`);
  }
  const axes = resizings(fn, extents, settled);
  if (mode === "area") return adaptiveAverage(fn, extents.length, x, axes.map(({ to }) => to)); // prettier-ignore
  const filter = filterOf(fn, mode, extents.length);
  if (filter.startsWith("nearest") && axes.every(({ from, to, step }) => to % from === 0 && step === from / to)) {
    return repeated(x, axes.map(({ from, to }) => to / from)); // prettier-ignore
  }
  const values = filter.startsWith("nearest") ? x : asFloat(x);
  return axes.reduce((y, axis, k) => {
    const stays = axis.from === axis.to && (axis.step === 1 || alignCorners);
    return stays ? y : sampled(y, 2 + k, tapsOf(filter, alignCorners, axis));
  }, values);
}

/** Every element of a spatial axis as many times as `times` says: what a broadcast gives, which costs one kernel. */
function repeated(x: Tensor, times: readonly number[]): Tensor {
  const [samples, channels, ...extents] = x.shape as [number, number, ...number[]];
  const pairs = (copies: readonly number[]): number[] => extents.flatMap((n, k) => [n, copies[k]!]);
  const apart = x.reshape([samples, channels, ...pairs(times.map(() => 1))]);
  const copied = apart.broadcastTo([samples, channels, ...pairs(times)]);
  return copied.reshape([samples, channels, ...extents.map((n, k) => n * times[k]!)]);
}

/** Gathers what the elements of an axis are made of, and adds it up. */
function sampled(x: Tensor, axis: number, { count, at, weights }: Taps): Tensor {
  const seen = x.indexSelect(axis, tensor([...at], { dtype: "int32" }));
  if (weights === undefined) return seen;
  // Taps come before the elements that they make, so that sums run along rows.
  const after = x.shape.slice(axis + 1);
  const apart = seen.reshape([...x.shape.slice(0, axis), count, at.length / count, ...after]);
  const shape = [count, at.length / count, ...after.map(() => 1)];
  return apart.mul(tensor([...weights], { shape, dtype: x.dtype })).sum({ axis });
}
