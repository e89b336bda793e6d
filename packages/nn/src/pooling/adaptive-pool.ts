import { ShapeError, type Tensor, tensor } from "@tapegrad/tensor";
import { count, expectValue, formatShape, formatValue, orNull, type ValueRange } from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis, perAxis, withBatch } from "../convolution/per-axis.ts";
import { Module } from "../module/module.ts";

/** Extents of the result: one for all spatial axes, or one each; `null` keeps that of the input. */
export type OutputSize = PerAxis<number | null>;

/** What may be the extents of a result with `rank` spatial axes. */
export function outputSizes(rank: number): ValueRange<OutputSize> {
  return perAxis(rank, orNull(count));
}

/** Cuts of one axis: window i covers `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`. */
export interface Cuts {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly longest: number;
}

export function cutsOf(extent: number, parts: number): Cuts {
  const starts = Array.from({ length: parts }, (_, i) => Math.floor((i * extent) / parts));
  const lengths = starts.map((start, i) => Math.ceil(((i + 1) * extent) / parts) - start);
  return { starts, lengths, longest: Math.max(0, ...lengths) };
}

/**
 * The windows of the last axis, all as long as the longest: `[..., n]` gives `[..., m, longest]`. What is beyond the end of
 * a window repeats its first element.
 */
export function windowsOf(x: Tensor, { starts, lengths, longest }: Cuts): Tensor {
  const at = starts.flatMap((start, i) =>
    Array.from({ length: longest }, (_, k) => (k < lengths[i]! ? start + k : start)),
  );
  const taken = x.indexSelect(x.ndim - 1, tensor(at, { dtype: "int32" }));
  return taken.reshape([...x.shape.slice(0, -1), starts.length, longest]);
}

/** Applies `reduceLast`, which gives one element for each of some windows of the last axis, to every spatial axis, the last one first. */
export function adaptivePooling(
  fn: string,
  rank: number,
  x: Tensor,
  outputSize: OutputSize,
  reduceLast: (x: Tensor, parts: number) => Tensor,
): Tensor {
  expectValue(fn, "outputSize", outputSize, outputSizes(rank));
  const wanted = eachAxis<number | null>(rank, outputSize);
  return withBatch(fn, x, rank, (batch) => {
    if (batch.shape.slice(2).includes(0)) {
      throw new ShapeError(`${fn}: expected spatial extents of at least 1, got shape ${formatShape(x.shape)}.`);
    }
    return wanted.reduceRight<Tensor>((y, parts, k) => {
      if (parts === null || parts === y.shape[2 + k]) return y;
      const last = k === rank - 1;
      const reduced = reduceLast(last ? y : y.transpose(2 + k, -1), parts);
      return last ? reduced : reduced.transpose(2 + k, -1);
    }, batch);
  });
}

/** Adaptive pooling over some number of spatial axes. */
export type AdaptivePooling = (x: Tensor, outputSize: OutputSize) => Tensor;

/** A layer of adaptive pooling. */
export abstract class AdaptivePool extends Module {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** Extents of the result; `null` keeps that of the input. */
  readonly outputSize: OutputSize;
  readonly #pool: AdaptivePooling;

  /** @param pools functions over one, two and three axes */
  constructor(outputSize: OutputSize, pools: readonly AdaptivePooling[]) {
    super();
    expectValue(new.target.name, "outputSize", outputSize, outputSizes(new.target.rank));
    this.outputSize = outputSize;
    this.#pool = pools[new.target.rank - 1]!;
  }

  /** @param x `[N, C, ...spatial]`, or without N for one sample */
  override forward(x: Tensor): Tensor {
    return this.#pool(x, this.outputSize);
  }

  override details(): string {
    return formatValue(this.outputSize);
  }
}
