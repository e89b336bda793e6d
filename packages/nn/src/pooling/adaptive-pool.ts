import { ShapeError, type Tensor, tensor } from "@tapegrad/tensor";
import {
  apply,
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  iota,
  ranges,
} from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis, perAxis, withBatch } from "../convolution/per-axis.ts";
import { Module } from "../module/module.ts";
import { averagePooling, plainAverage } from "./avg-pool.ts";

/** Extents of the result: one for all spatial axes, or one each; `null` keeps that of the input. */
export type OutputSize = PerAxis<number | null>;

type AdaptivePooling = (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor;

function checkSize(fn: string, rank: number, outputSize: OutputSize): void {
  expectValue(fn, "outputSize", outputSize, perAxis(rank, ranges.orNull(ranges.count)));
}

/**
 * The windows of the last axis, all as long as the longest: `[..., n]` gives `[..., m, longest]`. Window i covers
 * `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`; what is beyond its end repeats its first element.
 */
function windowsOf(x: Tensor, parts: number): { readonly windows: Tensor; readonly lengths: readonly number[] } {
  const extent = x.shape.at(-1)!;
  const starts = Array.from({ length: parts }, (_, i) => Math.floor((i * extent) / parts));
  const lengths = starts.map((start, i) => Math.ceil(((i + 1) * extent) / parts) - start);
  const longest = Math.max(0, ...lengths);
  const at = starts.flatMap((start, i) =>
    Array.from({ length: longest }, (_, k) => (k < lengths[i]! ? start + k : start)),
  );
  const taken = x.indexSelect(x.ndim - 1, tensor(at, { dtype: "int32" }));
  return { windows: taken.reshape([...x.shape.slice(0, -1), parts, longest]), lengths };
}

/** The mean of each of `parts` windows of the last axis. */
function averageLast(x: Tensor, parts: number): Tensor {
  const { windows, lengths: counts } = windowsOf(x, parts);
  const lengths = tensor([...counts], { dtype: "int32" });
  const beyond = iota(windows.shape.slice(-2), 1).ge(lengths.unsqueeze(-1));
  return windows.maskedFill(beyond, 0).sum({ axis: -1 }).div(lengths);
}

/** The largest element of each of `parts` windows of the last axis; the gradient goes to the first among ties. */
function maximumLast(x: Tensor, parts: number): Tensor {
  const { windows } = windowsOf(x, parts);
  const winner = windows.detach().argmax({ axis: -1, keepDims: true });
  return apply("gather", [windows, winner], { axis: windows.ndim - 1 })[0].squeeze(-1);
}

/** Applies `reduceLast`, which gives one element for each of some windows of the last axis, to every spatial axis, the last one first. */
function adaptivePooling(
  fn: string,
  rank: number,
  x: Tensor,
  outputSize: OutputSize,
  reduceLast: (x: Tensor, parts: number) => Tensor,
): Tensor {
  checkSize(fn, rank, outputSize);
  expectTensor(fn, "x", x);
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

/** Adaptive average pooling over `rank` spatial axes. */
export function adaptiveAverage(fn: string, rank: number, x: Tensor, outputSize: OutputSize): Tensor {
  checkSize(fn, rank, outputSize);
  expectTensor(fn, "x", x);
  const extents = x.shape.slice(-rank);
  const size = eachAxis<number | null>(rank, outputSize).map((n, k) => (extents[k] ?? 0) / (n ?? extents[k]!));
  // Windows of one size are those of plain pooling.
  const even = x.ndim > rank && size.every((n) => Number.isSafeInteger(n) && n >= 1);
  return even
    ? averagePooling(fn, rank, x, size, plainAverage)
    : adaptivePooling(fn, rank, asFloat(x), outputSize, averageLast);
}

const averageOf = (rank: number): AdaptivePooling => {
  const fn = `adaptiveAvgPool${rank}d`;
  return (x, outputSize, ...none) => {
    expectNothing(fn, none);
    return adaptiveAverage(fn, rank, x, outputSize);
  };
};

const maximumOf = (rank: number): AdaptivePooling => {
  const fn = `adaptiveMaxPool${rank}d`;
  return (x, outputSize, ...none) => {
    expectNothing(fn, none);
    return adaptivePooling(fn, rank, x, outputSize, maximumLast);
  };
};

/**
 * Means of windows that are laid out to give `outputSize`: window i of m covers `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample; integers become float32
 * @example
 * adaptiveAvgPool1d(tensor([[[1, 2, 3, 4, 5]]]), 2).toArray(); // => [[[2, 4]]]
 * new AdaptiveAvgPool1d(2).forward(tensor([[[1, 2, 3, 4, 5]]])).toArray(); // => [[[2, 4]]]
 */
export const adaptiveAvgPool1d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = averageOf(1);

/**
 * {@link adaptiveAvgPool1d} of images `[N, C, H, W]`.
 *
 * @example
 * adaptiveAvgPool2d(zeros([2, 3, 5, 7]), [2, null]).shape; // => [2, 3, 2, 7]
 * new AdaptiveAvgPool2d([5, null]).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 5, 9]
 */
export const adaptiveAvgPool2d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = averageOf(2);

/**
 * {@link adaptiveAvgPool1d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * adaptiveAvgPool3d(zeros([2, 3, 5, 7, 4]), 1).shape; // => [2, 3, 1, 1, 1]
 * new AdaptiveAvgPool3d(1).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 1, 1, 1]
 */
export const adaptiveAvgPool3d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = averageOf(3);

/**
 * Largest elements of windows that are laid out as those of {@link adaptiveAvgPool1d}. The gradient goes to the first
 * among ties.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @example
 * adaptiveMaxPool1d(tensor([[[1, 5, 3, 4, 2]]]), 2).toArray(); // => [[[5, 4]]]
 * new AdaptiveMaxPool1d(2).forward(tensor([[[1, 5, 3, 4, 2]]])).toArray(); // => [[[5, 4]]]
 */
export const adaptiveMaxPool1d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = maximumOf(1);

/**
 * {@link adaptiveMaxPool1d} of images `[N, C, H, W]`.
 *
 * @example
 * adaptiveMaxPool2d(zeros([2, 3, 5, 7]), [2, 3]).shape; // => [2, 3, 2, 3]
 * new AdaptiveMaxPool2d(4).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 4, 4]
 */
export const adaptiveMaxPool2d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = maximumOf(2);

/**
 * {@link adaptiveMaxPool1d} of volumes `[N, C, D, H, W]`.
 *
 * @example
 * adaptiveMaxPool3d(zeros([2, 3, 5, 7, 4]), 2).shape; // => [2, 3, 2, 2, 2]
 * new AdaptiveMaxPool3d(2).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 2, 2, 2]
 */
export const adaptiveMaxPool3d: (x: Tensor, outputSize: OutputSize, ...none: []) => Tensor = maximumOf(3);

abstract class AdaptivePool extends Module {
  /** Extents of the result; `null` keeps that of the input. */
  readonly outputSize: OutputSize;
  private readonly poolFunction: AdaptivePooling;

  constructor(rank: number, outputSize: OutputSize, pool: AdaptivePooling, none: []) {
    super(...none);
    checkSize(new.target.name, rank, outputSize);
    this.outputSize = outputSize;
    this.poolFunction = pool;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    return this.poolFunction(x, this.outputSize, ...none);
  }

  override details(): string {
    return formatValue(this.outputSize);
  }
}

/** {@link adaptiveAvgPool1d} as a layer. */
export class AdaptiveAvgPool1d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool1d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(1, outputSize, adaptiveAvgPool1d, none);
  }
}

/** {@link adaptiveAvgPool2d} as a layer. */
export class AdaptiveAvgPool2d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool2d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(2, outputSize, adaptiveAvgPool2d, none);
  }
}

/** {@link adaptiveAvgPool3d} as a layer. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool3d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(3, outputSize, adaptiveAvgPool3d, none);
  }
}

/** {@link adaptiveMaxPool1d} as a layer. */
export class AdaptiveMaxPool1d extends AdaptivePool {
  static override readonly name: string = "AdaptiveMaxPool1d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(1, outputSize, adaptiveMaxPool1d, none);
  }
}

/** {@link adaptiveMaxPool2d} as a layer. */
export class AdaptiveMaxPool2d extends AdaptivePool {
  static override readonly name: string = "AdaptiveMaxPool2d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(2, outputSize, adaptiveMaxPool2d, none);
  }
}

/** {@link adaptiveMaxPool3d} as a layer. */
export class AdaptiveMaxPool3d extends AdaptivePool {
  static override readonly name: string = "AdaptiveMaxPool3d";

  constructor(outputSize: OutputSize, ...none: []) {
    super(3, outputSize, adaptiveMaxPool3d, none);
  }
}
