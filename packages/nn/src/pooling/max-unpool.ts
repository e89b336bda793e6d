import { DTypeError, ShapeError, type Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  apply,
  expectElements,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  optional,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { type Extents, extentsOf } from "../convolution/extents-of.ts";
import { eachAxis, type PerAxis, perAxis, withBatch } from "../convolution/per-axis.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { type PoolingOptions, poolingTable, poolingWindow } from "./pooling-window.ts";

/** Options of a layer that undoes max pooling: those of the pooling. */
export type MaxUnpoolLayerOptions = Omit<PoolingOptions, "ceilMode">;

/** Options of {@link maxUnpool}: those of the pooling to be undone, and the extents that it has had before it. */
export interface MaxUnpoolOptions extends MaxUnpoolLayerOptions {
  /** Spatial extents of the result, `(n − 1)·stride − padding + size` unless given, and less than a stride away from it. */
  readonly outputSize?: PerAxis | undefined;
}

function layerTable(rank: number): OptionTable<MaxUnpoolLayerOptions> {
  const { stride, padding } = poolingTable(rank);
  return { stride, padding };
}

function tableOf(rank: number): OptionTable<MaxUnpoolOptions> {
  return { ...layerTable(rank), outputSize: optional(perAxis(rank, ranges.count)) };
}

/** The extents of the result. */
function outputExtents(
  fn: string,
  pooled: readonly number[],
  size: PerAxis,
  options: Required<MaxUnpoolOptions>,
): readonly number[] {
  const rank = pooled.length;
  const window = poolingWindow(fn, rank, size, { ...options, ceilMode: false });
  const usual = pooled.map((n, k) => {
    const [low, high] = window.padding[k]!;
    return (n - 1) * window.stride[k]! - low - high + window.size[k]!;
  });
  if (options.outputSize === undefined) return usual;
  const wanted = eachAxis(rank, options.outputSize);
  if (wanted.some((n, k) => Math.abs(n - usual[k]!) >= window.stride[k]!)) {
    throw new ShapeError(
      `${fn}: expected outputSize less than a stride ${formatShape(window.stride)} from ${formatShape(usual)}, got ${formatShape(wanted)}.`,
    );
  }
  return wanted;
}

/**
 * For each of `count` places along the last axis the last position in `index` that names it, and whether there is one:
 * both `[..., count]`.
 */
function lastNaming(index: Tensor, count: number): { readonly position: Tensor; readonly isNamed: Tensor } {
  const axis = index.ndim - 1;
  const named = zeros([...index.shape.slice(0, -1), count], { dtype: "int32" });
  const times = named.scatterAdd(axis, index, zeros(index.shape, { dtype: "int32" }).add(1));
  // Sorted by place, those of one place in order: the last of each is where the next place begins.
  const [sorted] = apply("argsort", [index], { axis, descending: false });
  return { position: sorted.gather(axis, times.cumsum({ axis }).sub(1).clamp(0)), isNamed: times.gt(0) };
}

function unpool(
  fn: string,
  rank: number,
  x: Tensor,
  indices: Tensor,
  size: PerAxis,
  options: Required<MaxUnpoolOptions>,
): Tensor {
  expectTensor(fn, "x", x);
  expectTensor(fn, "indices", indices);
  if (x.dtype === "bool") throw new DTypeError(`${fn}: expected numbers, got bool.`);
  if (indices.dtype !== "int32") throw new DTypeError(`${fn}: expected int32 indices, got ${indices.dtype}.`);
  if (!sameShape(x.shape, indices.shape)) {
    throw new ShapeError(
      `${fn}: expected indices of shape ${formatShape(x.shape)}, got ${formatShape(indices.shape)}.`,
    );
  }
  return withBatch(fn, x, rank, (batch) => {
    const [samples, channels, ...pooled] = batch.shape as [number, number, ...number[]];
    const extents = outputExtents(fn, pooled, size, options);
    const count = sizeOf(extents);
    if (extents.some((n) => n < 1)) {
      throw new ShapeError(`${fn}: expected a result with extents of at least 1, got ${formatShape(extents)}.`);
    }
    expectElements(indices, {
      within: [[0, count - 1]],
      error: (k) => new ValueError(`${fn}: expected indices in [0, ${count}), got ${k}.`),
    });
    const flat = batch.reshape([samples, channels, sizeOf(pooled)]);
    const whole = [samples, channels, ...extents];
    // There is nothing to gather; zeros are made of x, so that backward goes through.
    if (flat.size === 0) return flat.slice([], [], [0, 0]).pad([[0, 0], [0, 0], [0, count]]).reshape(whole); // prettier-ignore
    const { position, isNamed } = lastNaming(indices.reshape(flat.shape), count);
    return where(isNamed, flat.gather(2, position), 0).reshape(whole);
  });
}

/**
 * Undoes max pooling as far as it can be: puts each largest element where it was, and zeros elsewhere.
 *
 * Where windows overlap, one place may be named more than once; then the last of the elements is put there, and has the
 * gradient.
 *
 * @param x `[N, C, ...pooled]`, or without N for one sample
 * @param indices positions in the flattened spatial axes of the result, int32, as `maxPoolWithIndices` gives them
 * @param size extents of the windows that were pooled
 * @returns `[N, C, ...spatial]`
 * @throws {ShapeError} when the indices are not of the shape of `x`, or the extents are not those of what was pooled
 * @throws {ValueError} for an index that is not in the result
 * @see Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901
 * @example
 * const { values, indices } = functional.maxPoolWithIndices(tensor([[[1, 3, 2, 0, 5]]]), [2]);
 * maxUnpool(values, indices, [2], { outputSize: [5] }).toArray(); // => [[[0, 3, 2, 0, 0]]]
 * new MaxUnpool1d(2).forward(values, indices).toArray(); // => [[[0, 3, 2, 0]]]
 */
export function maxUnpool(x: Tensor, indices: Tensor, size: readonly number[], options: MaxUnpoolOptions = {}): Tensor {
  expectValue("maxUnpool", "size", size, ranges.listOf(ranges.count));
  return unpool("maxUnpool", size.length, x, indices, size, settleOptions("maxUnpool", options, tableOf(size.length)));
}

abstract class MaxUnpoolLayer extends ConfiguredModule<
  MaxUnpoolLayerOptions,
  [x: Tensor, indices: Tensor, outputSize?: Extents]
> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** Extents of a window. */
  readonly size: PerAxis;
  private readonly spatialRank: number;

  constructor(size: PerAxis, options: MaxUnpoolLayerOptions = {}) {
    super(options, layerTable(new.target.rank), [`size=${formatValue(size)}`]);
    poolingWindow(new.target.name, new.target.rank, size, { ...this.options, ceilMode: false });
    this.size = size;
    this.spatialRank = new.target.rank;
  }

  /**
   * @param x `[N, C, ...pooled]`, or without N for one sample
   * @param indices where each element was, int32
   * @param outputSize spatial extents of the result, or a tensor that has them, such as the one that was pooled
   */
  override forward(x: Tensor, indices: Tensor, outputSize?: Extents, ...none: []): Tensor {
    const fn = this.constructor.name;
    expectNothing(`${fn}.forward`, none);
    const extents = outputSize === undefined ? undefined : extentsOf(fn, this.spatialRank, outputSize);
    return unpool(fn, this.spatialRank, x, indices, this.size, { ...this.options, outputSize: extents });
  }
}

/** {@link maxUnpool} of one spatial axis as a layer. */
export class MaxUnpool1d extends MaxUnpoolLayer {
  static override readonly name: string = "MaxUnpool1d";
  protected static override readonly rank = 1;
}

/** {@link maxUnpool} of images as a layer. */
export class MaxUnpool2d extends MaxUnpoolLayer {
  static override readonly name: string = "MaxUnpool2d";
  protected static override readonly rank = 2;
}

/** {@link maxUnpool} of volumes as a layer. */
export class MaxUnpool3d extends MaxUnpoolLayer {
  static override readonly name: string = "MaxUnpool3d";
  protected static override readonly rank = 3;
}
