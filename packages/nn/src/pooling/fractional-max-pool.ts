import {
  type DType,
  DTypeError,
  rand,
  type Shape,
  ShapeError,
  Tensor,
  tensor,
  ValueError,
  where,
} from "@tapegrad/tensor";
import {
  asFloat,
  expectElements,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  iota,
  latticeOf,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
  stridesOf,
} from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis, perAxis, withBatch } from "../convolution/per-axis.ts";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { checkVector } from "../module/check-vector.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { MaxPoolResult } from "./max-pool.ts";

/** Options of a layer of fractional max pooling: either the extents of the result, or by what to multiply those of the input. */
export interface FractionalMaxPoolLayerOptions extends RandomOptions {
  /** Extents of the result, one for all spatial axes or one each. */
  readonly outputSize?: PerAxis | undefined;
  /** What extents are multiplied by, rounded down; in (0, 1), one for all spatial axes or one each. */
  readonly outputRatio?: PerAxis | undefined;
}

/** Options of fractional max pooling. */
export interface FractionalMaxPoolOptions extends FractionalMaxPoolLayerOptions {
  /** `[N, C, axes]` in [0, 1): where the windows of each axis lie, in the order of the axes; drawn unless given. */
  readonly samples?: Tensor | undefined;
}

const ratio = ranges.numbers("in (0, 1)", (n) => n > 0 && n < 1);

const layerTable = (rank: number): OptionTable<FractionalMaxPoolLayerOptions> => ({
  outputSize: optional(perAxis(rank, ranges.count)),
  outputRatio: optional(perAxis(rank, ratio)),
  ...randomTable,
});

const tableOf = (rank: number): OptionTable<FractionalMaxPoolOptions> => ({
  ...layerTable(rank),
  samples: optional(ranges.instanceOf(Tensor)),
});

/** Throws unless there are either extents or a ratio. */
function checkOutput(fn: string, { outputSize, outputRatio }: FractionalMaxPoolLayerOptions): void {
  if ((outputSize === undefined) === (outputRatio === undefined)) {
    const given = outputSize === undefined ? "neither" : "both";
    throw new ValueError(`${fn}: expected outputSize or outputRatio, got ${given}.`);
  }
}

/** The extents of the result; throws where windows of `size` do not give as many. */
function outputExtents(
  fn: string,
  extents: readonly number[],
  size: readonly number[],
  { outputSize, outputRatio }: FractionalMaxPoolLayerOptions,
): readonly number[] {
  const rank = extents.length;
  const wanted =
    outputSize === undefined
      ? eachAxis(rank, outputRatio!).map((by, k) => Math.floor(extents[k]! * by))
      : eachAxis(rank, outputSize);
  if (wanted.some((n, k) => n < 1 || n + size[k]! - 1 > extents[k]!)) {
    throw new ShapeError(
      `${fn}: expected a result of extents from 1 to ${formatShape(extents.map((n, k) => n - size[k]! + 1))} for windows ${formatShape(size)} on ${formatShape(extents)}, got ${formatShape(wanted)}.`,
    );
  }
  return wanted;
}

/**
 * Where the windows of one axis begin: `⌊(i + u)·α⌋ − ⌊u·α⌋` with `α = (n − size) / (m − 1)`, the last at the end.
 *
 * @param u `[N, C, 1]`
 * @returns int32, `[N, C, m]`
 */
function startsOf(u: Tensor, n: number, size: number, m: number): Tensor {
  const places = iota([m], 0, u.dtype);
  const spacing = m > 1 ? (n - size) / (m - 1) : 0;
  const starts = places.add(u).mul(spacing).floor().sub(u.mul(spacing).floor());
  return where(places.eq(m - 1), n - size, starts).to("int32");
}

function fractionalMaxPooling(
  fn: string,
  rank: number,
  x: Tensor,
  window: PerAxis,
  options: Required<FractionalMaxPoolOptions>,
): MaxPoolResult {
  expectTensor(fn, "x", x);
  expectValue(fn, "size", window, perAxis(rank, ranges.count));
  if (x.dtype === "bool") throw new DTypeError(`${fn}: expected numbers, got bool.`);
  checkOutput(fn, options);
  const size = eachAxis(rank, window);
  let indices: Tensor | undefined;
  const values = withBatch(fn, x, rank, (batch) => {
    const [samples, channels, ...extents] = batch.shape as [number, number, ...number[]];
    const positions = outputExtents(fn, extents, size, options);
    const u = samplesFor(fn, [samples, channels, rank], batch.dtype, options);
    const own = stridesOf(extents);
    const starts = positions
      .map((m, k) => startsOf(u.slice([], [], [k, k + 1]), extents[k]!, size[k]!, m).mul(own[k]!))
      .reduce((all, line) => all.unsqueeze(-1).add(line.unsqueeze(2)).reshape([samples, channels, all.shape[2]! * line.shape[2]!])); // prettier-ignore
    const taps = tensor(latticeOf(size, own), { dtype: "int32" });
    const seen = starts.unsqueeze(2).add(taps.unsqueeze(-1)); // [N, C, taps, P]
    const flat = batch.reshape([samples, channels, sizeOf(extents)]);
    const elements = flat.detach().gather(2, seen.reshape([samples, channels, taps.size * sizeOf(positions)]));
    const winner = elements.reshape(seen.shape).argmax({ axis: 2, keepDims: true });
    const at = seen.gather(2, winner).squeeze(2); // [N, C, P]
    const shape = [samples, channels, ...positions];
    indices = at.reshape(x.ndim === batch.ndim ? shape : shape.slice(1));
    return flat.gather(2, at).reshape(shape);
  });
  return { values, indices: indices! };
}

/** The samples that are given, or drawn, for `[N, C, axes]`. */
function samplesFor(fn: string, shape: Shape, dtype: DType, options: FractionalMaxPoolOptions): Tensor {
  const { samples, generator } = options;
  if (samples === undefined) return rand(shape, { dtype: dtype === "float64" ? dtype : "float32", generator });
  checkVector(fn, "samples", samples, shape);
  expectElements(samples, {
    within: [[0, 1 - 2 ** -53]],
    error: (u) => new ValueError(`${fn}: expected samples in [0, 1), got ${u}.`),
  });
  return asFloat(samples).detach();
}

type FractionalMaxPool = (x: Tensor, size: PerAxis, options?: FractionalMaxPoolOptions) => Tensor;

const fractionalMaxPoolOf = (rank: number): FractionalMaxPool => {
  const fn = `fractionalMaxPool${rank}d`;
  return (x, size, options = {}) =>
    fractionalMaxPooling(fn, rank, x, size, settleOptions(fn, options, tableOf(rank))).values;
};

/**
 * The largest elements of windows that lie at random distances, so that an image shrinks by less than a half at a time:
 * window i of m along an axis begins at `⌊(i + u)·α⌋ − ⌊u·α⌋` with `α = (n − size) / (m − 1)` and a u of each channel and
 * axis, drawn from [0, 1); the last window lies at the end. The gradient goes to the first among ties. Drawn in evaluation too.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param size extents of a window
 * @throws {ShapeError} when windows do not give as many elements
 * @throws {ValueError} unless there is either an `outputSize` or an `outputRatio`
 * @see Graham 2014, https://arxiv.org/abs/1412.6071
 * @example
 * const x = tensor([[[[1, 2, 3, 4, 5]]]]);
 * const samples = tensor([[[0, 0.5]]]);
 * fractionalMaxPool2d(x, [1, 2], { outputSize: [1, 3], samples }).toArray(); // => [[[[2, 4, 5]]]]
 * new FractionalMaxPool2d(2, { outputRatio: 0.7 }).forward(randn([8, 3, 28, 28])).shape; // => [8, 3, 19, 19]
 */
export const fractionalMaxPool2d: (x: Tensor, size: PerAxis, options?: FractionalMaxPoolOptions) => Tensor =
  fractionalMaxPoolOf(2);

/**
 * {@link fractionalMaxPool2d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * fractionalMaxPool3d(zeros([1, 2, 5, 6, 7]), 2, { outputSize: [3, 4, 4] }).shape; // => [1, 2, 3, 4, 4]
 * new FractionalMaxPool3d(2, { outputSize: 3 }).forward(randn([1, 2, 5, 6, 7])).shape; // => [1, 2, 3, 3, 3]
 */
export const fractionalMaxPool3d: (x: Tensor, size: PerAxis, options?: FractionalMaxPoolOptions) => Tensor =
  fractionalMaxPoolOf(3);

/**
 * {@link fractionalMaxPool2d} that also tells where each maximum was, over as many spatial axes as `size` has extents.
 *
 * @param x `[N, C, ...spatial]`, or without N for one sample
 * @param size extents of a window
 * @returns the values, and their int32 positions in the flattened spatial axes of `x`
 * @throws {ShapeError} when windows do not give as many elements
 * @example
 * const samples = tensor([[[0.5]]]);
 * fractionalMaxPoolWithIndices(tensor([[[1, 2, 3, 4, 5]]]), [2], { outputSize: 3, samples }).indices.toArray(); // => [[[1, 3, 4]]]
 */
export function fractionalMaxPoolWithIndices(
  x: Tensor,
  size: readonly number[],
  options: FractionalMaxPoolOptions = {},
): MaxPoolResult {
  const fn = "fractionalMaxPoolWithIndices";
  expectValue(fn, "size", size, ranges.listOf(ranges.count));
  return fractionalMaxPooling(fn, size.length, x, size, settleOptions(fn, options, tableOf(size.length)));
}

abstract class FractionalMaxPoolLayer extends ConfiguredModule<FractionalMaxPoolLayerOptions> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** Extents of a window. */
  readonly size: PerAxis;
  private readonly poolFunction: FractionalMaxPool;

  constructor(size: PerAxis, options: FractionalMaxPoolLayerOptions = {}) {
    const { name, rank } = new.target;
    super(options, layerTable(rank), [`size=${formatValue(size)}`]);
    expectValue(name, "size", size, perAxis(rank, ranges.count));
    checkOutput(name, this.options);
    this.size = size;
    this.poolFunction = rank === 2 ? fractionalMaxPool2d : fractionalMaxPool3d;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(this.constructor.name, none);
    return this.poolFunction(x, this.size, this.options);
  }
}

/** {@link fractionalMaxPool2d} as a layer. */
export class FractionalMaxPool2d extends FractionalMaxPoolLayer {
  static override readonly name: string = "FractionalMaxPool2d";
  protected static override readonly rank = 2;
}

/** {@link fractionalMaxPool3d} as a layer. */
export class FractionalMaxPool3d extends FractionalMaxPoolLayer {
  static override readonly name: string = "FractionalMaxPool3d";
  protected static override readonly rank = 3;
}
