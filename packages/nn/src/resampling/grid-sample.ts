import { cat, ShapeError, type Tensor, tensor, where } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
  stridesOf,
} from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { type Filter, type InterpolationMode, filterOf } from "./interpolation-mode.ts";
import { type Cubic, inner, outer } from "./taps.ts";

/** Options of {@link gridSample}. */
export interface GridSampleOptions {
  /** How values between the elements are made of them, bilinear (trilinear) unless given. */
  readonly mode?: Exclude<InterpolationMode, "nearest-exact">;
  /** What lies outside: zeros unless given, the elements at the border, or the image reflected. */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether −1 and 1 are the middles of the first and the last element, and not their edges; false unless given. */
  readonly alignCorners?: boolean;
}

const table: OptionTable<GridSampleOptions> = {
  mode: option(ranges.oneOf("nearest", "linear", "bilinear", "trilinear", "cubic", "bicubic"), "linear"),
  paddingMode: option(ranges.oneOf("zeros", "border", "reflection"), "zeros"),
  alignCorners: option(ranges.flag, false),
};

/** What the places along one axis read: positions and weights `[N, taps, P]`, and whether there is an element at all. */
interface AxisTaps {
  readonly at: Tensor;
  readonly weights: Tensor;
  readonly isInside: Tensor;
}

type Settled = Required<GridSampleOptions>;

/** Places beyond the ends brought back, as `paddingMode` says; those of zeros stay. */
function padded(places: Tensor, extent: number, { paddingMode, alignCorners }: Settled): Tensor {
  if (paddingMode === "zeros") return places;
  if (paddingMode === "border") return places.clamp(0, extent - 1);
  const [low, span] = alignCorners ? [0, extent - 1] : [-0.5, extent];
  if (span === 0) return places.mul(0);
  // There and back again takes two spans; what is left of them is folded in the middle.
  const within = places.sub(low).remainder(2 * span);
  const folded = within
    .sub(span)
    .abs()
    .neg()
    .add(span + low);
  return folded.clamp(0, extent - 1);
}

/** The value of a polynomial. */
const valueAt = ([c0, c1, c2, c3]: Cubic, d: Tensor): Tensor => d.mul(c3).add(c2).mul(d).add(c1).mul(d).add(c0);

/** The taps of `places` `[N, 1, P]`, in elements of an axis. */
function tapsAt(filter: Filter, places: Tensor, extent: number, settled: Settled): AxisTaps {
  // Taps of a cubic are brought back one by one, since it is a curve through the padded elements.
  const source = filter === "cubic" ? places : padded(places, extent, settled);
  const constant = source.detach();
  const first = filter === "nearest" ? constant.round() : constant.floor();
  const [offsets, weights] = weighted(filter, source.sub(first));
  const steps = tensor([...offsets], { shape: [offsets.length, 1], dtype: places.dtype });
  const taps = first.add(steps); // [N, taps, P]
  const at = filter === "cubic" ? padded(taps, extent, settled) : taps;
  // What is NaN is not outside, and makes a result that is NaN.
  const isInside = at
    .lt(0)
    .logicalOr(at.gt(extent - 1))
    .logicalNot();
  return { at: at.clamp(0, extent - 1).to("int32"), weights: where(isInside, weights, 0), isInside };
}

/** Which elements around the first one count how much, for one at a distance of `t` from it. */
function weighted(filter: Filter, t: Tensor): readonly [offsets: readonly number[], weights: Tensor] {
  // 1, but NaN where the place is.
  if (filter === "nearest") return [[0], t.detach().mul(0).add(1)];
  const rest = t.neg().add(1);
  if (filter === "linear") return [[0, 1], cat([rest, t], 1)];
  const four = [valueAt(outer, t.add(1)), valueAt(inner, t), valueAt(inner, rest), valueAt(outer, rest.add(1))];
  return [[-1, 0, 1, 2], cat(four, 1)];
}

/**
 * Samples an image at places that a grid says, as a spatial transformer does.
 *
 * A place is given in the order x, y (, z), the last axis first; −1 and 1 are the edges of the image. Elements between
 * others are made of them as by `interpolate`; the nearest of two at the same distance is the even one. Backward goes to the
 * image and, but in mode `"nearest"`, to the grid. A place that is NaN gives NaN.
 *
 * @param x `[N, C, H, W]`, or with any other number of spatial axes
 * @param grid `[N, ...out, 2]`, of the dtype of `x`, with as many numbers for each place as there are spatial axes
 * @returns `[N, C, ...out]`
 * @throws {ShapeError} when the grid does not fit the image
 * @throws {DTypeError} unless both have one dtype
 * @see Jaderberg et al. 2015, https://arxiv.org/abs/1506.02025
 * @example
 * const x = tensor([[[[1, 2], [3, 4]]]]);
 * gridSample(x, tensor([[[[0, 0], [-0.5, 0.5], [2, 2]]]])).toArray(); // => [[[[2.5, 3, 0]]]]
 * gridSample(x, functional.affineGrid(tensor([[[0, 1, 0], [1, 0, 0]]]), [2, 2])).toArray(); // => [[[[1, 3], [2, 4]]]]
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const fn = "gridSample";
  expectTensor(fn, "x", x);
  expectTensor(fn, "grid", grid);
  const settled = settleOptions(fn, options, table);
  const [samples = 0, channels = 0, ...extents] = x.shape;
  const [, ...places] = grid.shape;
  const rank = extents.length;
  if (rank === 0 || extents.includes(0)) {
    throw new ShapeError(`${fn}: expected input [N, C, ...spatial] of extents ≥ 1, got shape ${formatShape(x.shape)}.`);
  }
  if (places.pop() !== rank || places.length === 0 || grid.shape[0] !== samples) {
    throw new ShapeError(
      `${fn}: expected a grid [${samples}, ..., ${rank}] for input of shape ${formatShape(x.shape)}, got shape ${formatShape(grid.shape)}.`,
    );
  }
  const values = asFloat(x);
  checkDTypes(fn, { input: values, grid });
  const filter = filterOf(fn, settled.mode, rank);
  const count = sizeOf(places);
  const lines = grid.reshape([samples, count, rank]).transpose(1, 2); // [N, rank, P]
  const axes = extents.map((extent, k) => {
    const line = lines.slice([], [rank - 1 - k, rank - k]); // [N, 1, P]
    const half = settled.alignCorners ? (extent - 1) / 2 : extent / 2;
    return tapsAt(filter, line.mul(half).add((extent - 1) / 2), extent, settled);
  });
  // Every tap of an axis with every tap of those before.
  const steps = stridesOf(extents);
  const { at, weights, isInside } = axes
    .map((axis, k) => ({ ...axis, at: axis.at.mul(steps[k]!) }))
    .reduce((all, axis) => {
      const paired = (a: Tensor, b: Tensor, join: (a: Tensor, b: Tensor) => Tensor): Tensor =>
        join(a.unsqueeze(2), b.unsqueeze(1)).reshape([samples, a.shape[1]! * b.shape[1]!, count]);
      return {
        at: paired(all.at, axis.at, (a, b) => a.add(b)),
        weights: paired(all.weights, axis.weights, (a, b) => a.mul(b)),
        isInside: paired(all.isInside, axis.isInside, (a, b) => a.logicalAnd(b)),
      };
    });
  const taps = at.shape[1]!;
  const index = at.reshape([samples, 1, taps * count]).broadcastTo([samples, channels, taps * count]);
  const flat = values.reshape([samples, channels, sizeOf(extents)]);
  const seen = flat.gather(2, index).reshape([samples, channels, taps, count]);
  // What is outside is 0 even where the element that stands in for it is not finite.
  const counted = settled.paddingMode === "zeros" ? where(isInside.unsqueeze(1), seen, 0) : seen;
  return counted
    .mul(weights.unsqueeze(1))
    .sum({ axis: 2 })
    .reshape([samples, channels, ...places]);
}
