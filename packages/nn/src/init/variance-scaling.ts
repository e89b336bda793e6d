import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  formatShape,
  normalizeAxes,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { checkFloat, fillNormal, fillUniform, type RandomOptions, randomTable } from "./fill.ts";
import { truncatedNormal } from "./truncated-normal.ts";
import { gain, type Nonlinearity, nonlinearityName } from "./gain.ts";

/** Numbers of connections into and out of one unit. */
export interface Fans {
  /** Connections into one output: `in · Π window`. */
  readonly fanIn: number;
  /** Connections out of one input: `out · Π window`. */
  readonly fanOut: number;
}

/**
 * Fans of a weight of layout `[out, in, ...window]`: `fanIn = in · Π window`, `fanOut = out · Π window`.
 *
 * @throws {ShapeError} for fewer than two axes
 * @example
 * fans(zeros([6, 4, 3, 3])); // => { fanIn: 36, fanOut: 54 }
 */
export function fans(weight: Tensor, ...none: []): Fans {
  expectNothing("fans", none);
  expectTensor("fans", "weight", weight);
  return fansOf("fans", weight);
}

/** {@link fans}, under the name that was called. */
export function fansOf(fn: string, weight: Tensor): Fans {
  const [out, inside, ...window] = weight.shape;
  if (out === undefined || inside === undefined) {
    throw new ShapeError(`${fn}: expected a weight of at least 2 axes, got shape ${formatShape(weight.shape)}.`);
  }
  const field = sizeOf(window);
  return { fanIn: inside * field, fanOut: out * field };
}

function checkedFans(fn: string, weight: Tensor): Fans {
  checkFloat(fn, weight);
  return fansOf(fn, weight);
}

/** Options of the Xavier initialisers. */
export interface XavierOptions extends RandomOptions {
  /** Factor, 1 unless given; see `gain`. */
  readonly gain?: number;
}

const xavierTable: OptionTable<XavierOptions> = { gain: option(ranges.finite, 1), ...randomTable };

function xavierStd(fn: string, weight: Tensor, options: XavierOptions): number {
  const { gain } = settleOptions(fn, options, xavierTable);
  const { fanIn, fanOut } = checkedFans(fn, weight);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Fills a weight `[out, in, ...]` with `U(−b, b)`, `b = gain · √(6 / (fanIn + fanOut))`, and returns it.
 *
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 */
export function xavierUniform<T extends Tensor>(weight: T, options: XavierOptions = {}): T {
  expectTensor("xavierUniform", "weight", weight);
  const bound = Math.sqrt(3) * xavierStd("xavierUniform", weight, options);
  return fillUniform(weight, -bound, bound, options);
}

/**
 * Fills a weight `[out, in, ...]` with `N(0, σ²)`, `σ = gain · √(2 / (fanIn + fanOut))`, and returns it.
 *
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 */
export function xavierNormal<T extends Tensor>(weight: T, options: XavierOptions = {}): T {
  expectTensor("xavierNormal", "weight", weight);
  return fillNormal(weight, 0, xavierStd("xavierNormal", weight, options), options);
}

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends RandomOptions {
  /** Which fan keeps its variance: of the activations (`fanIn`, the default) or of the gradients. */
  readonly mode?: "fanIn" | "fanOut";
  /** Activation that follows, `leakyRelu` unless given. */
  readonly nonlinearity?: Nonlinearity;
  /** Negative slope of `leakyRelu`, 0 unless given. */
  readonly slope?: number;
}

const kaimingTable: OptionTable<KaimingOptions> = {
  mode: option(ranges.oneOf("fanIn", "fanOut"), "fanIn"),
  nonlinearity: option(nonlinearityName, "leakyRelu"),
  slope: option(ranges.finite, 0),
  ...randomTable,
};

function kaimingStd(fn: string, weight: Tensor, options: KaimingOptions): number {
  const { mode, nonlinearity, slope } = settleOptions(fn, options, kaimingTable);
  const { [mode]: fan } = checkedFans(fn, weight);
  return gain(nonlinearity, slope) / Math.sqrt(Math.max(1, fan));
}

/**
 * Fills a weight `[out, in, ...]` with `U(−b, b)`, `b = gain · √(3 / fan)`, and returns it.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 */
export function kaimingUniform<T extends Tensor>(weight: T, options: KaimingOptions = {}): T {
  expectTensor("kaimingUniform", "weight", weight);
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", weight, options);
  return fillUniform(weight, -bound, bound, options);
}

/**
 * Fills a weight `[out, in, ...]` with `N(0, σ²)`, `σ = gain / √fan`, and returns it.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 */
export function kaimingNormal<T extends Tensor>(weight: T, options: KaimingOptions = {}): T {
  expectTensor("kaimingNormal", "weight", weight);
  return fillNormal(weight, 0, kaimingStd("kaimingNormal", weight, options), options);
}

/**
 * Fills a weight `[out, in, ...]` with numbers of `N(0, 1 / fanIn)` that are at most two deviations off, as in Keras, and
 * returns it: what self-normalizing networks (SELU) ask for.
 *
 * @see Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 */
export function lecunNormal<T extends Tensor>(weight: T, options: RandomOptions = {}): T {
  expectTensor("lecunNormal", "weight", weight);
  const { generator } = settleOptions("lecunNormal", options, randomTable);
  return scaled("lecunNormal", weight, settleOptions("lecunNormal", { generator }, scalingTable));
}

/** Fills a weight `[out, in, ...]` with `U(−b, b)`, `b = √(3 / fanIn)`, and returns it. */
export function lecunUniform<T extends Tensor>(weight: T, options: RandomOptions = {}): T {
  expectTensor("lecunUniform", "weight", weight);
  const { generator } = settleOptions("lecunUniform", options, randomTable);
  const bound = Math.sqrt(3 / Math.max(1, checkedFans("lecunUniform", weight).fanIn));
  return fillUniform(weight, -bound, bound, { generator });
}

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions extends RandomOptions {
  /** Numerator of the variance; 1 unless given. */
  readonly scale?: number;
  /** What the variance is divided by, "fanAvg" being the mean of both, "fanGeoAvg" the root of their product; "fanIn" unless given. */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg" | "fanGeoAvg";
  /** What is drawn; "truncatedNormal" unless given, which leaves out what is more than two deviations off. */
  readonly distribution?: "truncatedNormal" | "normal" | "uniform";
  /** Axes of what goes in, whose extents make the fan, those of a window included: for other layouts, with `outputAxes`. */
  readonly inputAxes?: readonly number[] | undefined;
  /** Axes of what comes out. */
  readonly outputAxes?: readonly number[] | undefined;
}

const scalingTable: OptionTable<VarianceScalingOptions> = {
  scale: option(ranges.positive, 1),
  mode: option(ranges.oneOf("fanIn", "fanOut", "fanAvg", "fanGeoAvg"), "fanIn"),
  distribution: option(ranges.oneOf("truncatedNormal", "normal", "uniform"), "truncatedNormal"),
  inputAxes: optional(ranges.listOf(ranges.integer)),
  outputAxes: optional(ranges.listOf(ranges.integer)),
  ...randomTable,
};

/** Deviation of a standard normal variable that is known to lie in [−2, 2]. */
const truncatedStd = 0.87962566103423978;

/**
 * Fills a weight `[out, in, ...]` with numbers of mean 0 and variance `scale / fan`, and returns it: Keras' form of all
 * initialisers that look at fans. The deviation of truncated numbers is made up for, so that all distributions have this
 * variance.
 *
 * Without axes the layout is `[out, in, ...window]`. With both of `inputAxes` and `outputAxes`, each fan is the product of the
 * extents of its axes, as in Keras: of a kernel `[height, width, in, out]` say `[0, 1, 2]` and `[0, 1, 3]`.
 *
 * @throws {ShapeError} for fewer than two axes, or an axis that the weight does not have
 * @throws {ValueError} for the axes of one side alone
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 * @example
 * const w = varianceScaling(zeros([200, 4, 50]), { scale: 8, inputAxes: [0, 1], outputAxes: [2] });
 * Math.abs(w.std().item() - 0.1) < 0.002; // => true
 */
export function varianceScaling<T extends Tensor>(weight: T, options: VarianceScalingOptions = {}): T {
  expectTensor("varianceScaling", "weight", weight);
  return scaled("varianceScaling", weight, settleOptions("varianceScaling", options, scalingTable));
}

/** {@link fansOf} the layout, or the extents of the axes that are given. */
function fansAlong(
  fn: string,
  weight: Tensor,
  inputAxes: readonly number[] | undefined,
  outputAxes: readonly number[] | undefined,
): Fans {
  if (inputAxes === undefined && outputAxes === undefined) return fansOf(fn, weight);
  if (inputAxes === undefined || outputAxes === undefined) {
    const alone = inputAxes === undefined ? "outputAxes" : "inputAxes";
    throw new ValueError(`${fn}: expected inputAxes and outputAxes, or neither, got ${alone} alone.`);
  }
  const extent = (axes: readonly number[]): number =>
    sizeOf(normalizeAxes(fn, axes, weight.ndim).map((axis) => weight.shape[axis]!));
  return { fanIn: extent(inputAxes), fanOut: extent(outputAxes) };
}

function scaled<T extends Tensor>(
  fn: string,
  weight: T,
  { scale, mode, distribution, inputAxes, outputAxes, generator }: Required<VarianceScalingOptions>,
): T {
  checkFloat(fn, weight);
  const { fanIn, fanOut } = fansAlong(fn, weight, inputAxes, outputAxes);
  const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2, fanGeoAvg: Math.sqrt(fanIn * fanOut) }[mode];
  const std = Math.sqrt(scale / Math.max(1, fan));
  if (distribution === "normal") return fillNormal(weight, 0, std, { generator });
  const bound = Math.sqrt(3) * std;
  if (distribution === "uniform") return fillUniform(weight, -bound, bound, { generator });
  const wide = std / truncatedStd;
  return truncatedNormal(weight, { std: wide, low: -2 * wide, high: 2 * wide, generator });
}
