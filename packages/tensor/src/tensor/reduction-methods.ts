import type { DType } from "../dtype.ts";
import { asFloat } from "./as-float.ts";
import { asNumber } from "./as-number.ts";
import { ShapeError } from "../errors.ts";
import { checkOptions, option, optional, type OptionTable, required, settleOptions } from "../options/option-table.ts";
import { bound, finite, flag, integer, orListOf } from "../options/ranges.ts";
import { axisOrNone, dropAxes, formatShape, normalizeAxes, sizeOf } from "../shape.ts";
import type { ValueRange } from "../options/value-range.ts";
import { ElementwiseMethods } from "./elementwise-methods.ts";
import type { Tensor } from "./tensor.ts";

/** Which axes to reduce (all unless given) and whether to keep them with extent 1. */
export interface ReduceOptions {
  /** The axis or axes to reduce; all unless given. A tensor without axes takes 0 and −1, as in PyTorch. */
  readonly axis?: number | readonly number[] | undefined;
  /** Whether reduced axes stay with extent 1; false unless given. */
  readonly keepDims?: boolean | undefined;
}

/** {@link ReduceOptions} and the degrees of freedom that are taken off the count; 1 unless given. */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the count in the divisor; 1 unless given, 0 for the biased variance. */
  readonly correction?: number;
}

/** {@link ReduceOptions} and the exponent of a norm; 2 unless given. */
export interface NormOptions extends ReduceOptions {
  /** The order p ≥ 0 or Infinity; 2 unless given. */
  readonly p?: number;
}

/** Options of reductions along one axis; without `axis` the tensor is flattened. */
export interface ArgOptions {
  /** The axis to search along; all elements in row-major order unless given. */
  readonly axis?: number | undefined;
  /** Whether the axis stays with extent 1; false unless given. */
  readonly keepDims?: boolean;
}

const axisRange: ValueRange<number> = { ...integer, error: ShapeError };
const keepDims = option(flag, false);
const reduceTable: OptionTable<ReduceOptions> = { axis: optional(orListOf(axisRange)), keepDims };
const varianceTable: OptionTable<VarianceOptions> = { ...reduceTable, correction: option(finite, 1) };
const normTable: OptionTable<NormOptions> = { ...reduceTable, p: option(bound, 2) };
const argTable: OptionTable<ArgOptions> = { axis: optional(axisRange), keepDims };
const lastAxesTable: OptionTable<{ readonly axis?: number | readonly number[] }> = {
  axis: option(orListOf(axisRange), -1),
};
const oneAxisTable: OptionTable<{ readonly axis: number }> = { axis: required(axisRange) };

const unless: Record<never, never> = {};

/** Elements, or what is computed of them, and what they were divided by. */
type Scaled<Name extends string> = { readonly [N in Name]: Tensor } & { readonly scale: Tensor | undefined };

/** Reductions; sums accumulate in float64. */
export abstract class ReductionMethods extends ElementwiseMethods {
  /** @param fn name of the method that was called, for the messages */
  private reduce(fn: string, name: "sum" | "prod" | "max" | "min", options: ReduceOptions): Tensor {
    if (options !== unless) checkOptions(fn, options, reduceTable);
    const axes = normalizeAxes(fn, options.axis, this.ndim);
    if ((name === "max" || name === "min") && axes.some((axis) => this.shape[axis] === 0)) {
      throw new ShapeError(`${fn}: expected at least one element to reduce, got shape ${formatShape(this.shape)}.`);
    }
    const kept = this.run(name, [], { axes });
    return options.keepDims === true ? kept : kept.reshape(dropAxes(this.shape, axes));
  }

  private arg(name: "argmax" | "argmin", options: ArgOptions): Tensor {
    checkOptions(name, options, argTable);
    const axis = options.axis === undefined ? undefined : axisOrNone(name, options.axis, this.ndim);
    if (axis === undefined) {
      const flat: ReductionMethods = this.self().flatten();
      const index = flat.run(name, [], { axis: 0 });
      return index.reshape(options.keepDims === true ? this.shape.map(() => 1) : []);
    }
    const kept = this.run(name, [], { axis });
    return options.keepDims === true ? kept : kept.reshape(dropAxes(this.shape, [axis]));
  }

  /** Number of elements that a reduction over `axis` folds into one. */
  private countOf(fn: string, axis: number | readonly number[] | undefined): number {
    return sizeOf(normalizeAxes(fn, axis, this.ndim).map((a) => this.shape[a]!));
  }

  /**
   * Sum; 0 where there is nothing to add. Of int32 modulo 2^32, and of bools the number of those that are true, as int32.
   *
   * @example
   * tensor([3, -1, 2]).gt(0).sum().item() // => 2
   */
  sum(options: ReduceOptions = unless): Tensor {
    const x: ReductionMethods = asNumber(this);
    return x.reduce("sum", "sum", options);
  }

  /** Product; 1 where there is nothing to multiply. Of int32 modulo 2^32; bools are multiplied as int32. */
  prod(options: ReduceOptions = unless): Tensor {
    const x: ReductionMethods = asNumber(this);
    return x.reduce("prod", "prod", options);
  }

  /** Largest element; the gradient is shared equally among ties. */
  max(options: ReduceOptions = unless): Tensor {
    return this.reduce("max", "max", options);
  }

  /** Smallest element; the gradient is shared equally among ties. */
  min(options: ReduceOptions = unless): Tensor {
    return this.reduce("min", "min", options);
  }

  /** Arithmetic mean, in floats; NaN where there is nothing to average. */
  mean(options: ReduceOptions = unless): Tensor {
    // In float64, since a sum may be too large for float32 where the mean is not.
    const x: ReductionMethods = this.to("float64");
    const sum = x.reduce("mean", "sum", options);
    return sum.div(this.countOf("mean", options.axis)).to(asFloat(this).dtype);
  }

  /** `Σ (x − mean)² / (n − correction)`, in two passes in float64 */
  variance(options: VarianceOptions = unless): Tensor {
    const { ratio, scale } = this.spread("variance", options);
    return (scale === undefined ? ratio : ratio.mul(scale.square())).to(asFloat(this).dtype);
  }

  /** Square root of `variance`, which alone may be too large for the dtype; the gradient at zero variance is 0. */
  std(options: VarianceOptions = unless): Tensor {
    const { ratio, scale } = this.spread("std", options);
    const root = safeSqrt(ratio);
    return (scale === undefined ? root : root.mul(scale)).to(asFloat(this).dtype);
  }

  /** The variance of the elements divided by a scale, if they need one, and that. */
  private spread(fn: "variance" | "std", options: VarianceOptions): Scaled<"ratio"> {
    checkOptions(fn, options, varianceTable);
    const { axis, keepDims, correction = 1 } = options;
    const count = this.countOf(fn, axis) - correction;
    const x: ReductionMethods = this.to("float64");
    const centred: ReductionMethods = x.self().sub(x.mean({ axis, keepDims: true }));
    const { scaled, scale } = centred.scaledFor(2, this.dtype, axis);
    const ratio = scaled.square().sum({ axis, keepDims }).div(Math.max(count, 0));
    return { ratio, scale: scale?.reshape(ratio.shape) };
  }

  /**
   * The norm `(Σ|x|^p)^(1/p)`, Euclidean unless `p` is given: 1 sums magnitudes, ±∞ is the largest or smallest one, and 0
   * counts what is not 0. The gradient at the zero vector is 0. Powers are taken in float64, of extreme elements
   * after a division by the largest: a norm is infinite only if it is too large for its dtype.
   *
   * @throws {ValueError} when `p` is not a number
   * @example
   * tensor([3, -4]).norm().item() // => 5
   * tensor([3, -4]).norm({ p: 1 }).item() // => 7
   */
  norm(options: NormOptions = unless): Tensor {
    checkOptions("norm", options, normTable);
    const { p = 2, ...over } = options;
    normalizeAxes("norm", over.axis, this.ndim);
    const x = asFloat(this);
    const magnitude: ReductionMethods = x.abs();
    if (p === 1) return magnitude.sum(over);
    if (p === Infinity) return magnitude.max(over);
    if (p === -Infinity) return magnitude.min(over);
    if (p === 0) return magnitude.ne(0).to(x.dtype).sum(over);
    const wide: ReductionMethods = magnitude.to("float64");
    const { scaled, scale } = wide.scaledFor(p, x.dtype, over.axis);
    const norm = p === 2 ? safeSqrt(scaled.square().sum(over)) : safePower(safePower(scaled, p).sum(over), 1 / p);
    return (scale === undefined ? norm : norm.mul(scale.reshape(norm.shape))).to(x.dtype);
  }

  /**
   * These float64 elements divided by a constant, so that their powers neither overflow nor vanish, and that: 1 unless
   * the largest magnitude is extreme, undefined where it cannot be.
   *
   * @param from the dtype that they have come from
   */
  private scaledFor(p: number, from: DType, axis: ReduceOptions["axis"]): Scaled<"scaled"> {
    const scaled = this.self();
    if (this.size === 0 || (from !== "float64" && Math.abs(p) <= 7)) return { scaled, scale: undefined };
    // Neither 0 nor infinity is divided by itself.
    const largest = scaled.detach().abs().max({ axis, keepDims: true }).clamp(Number.MIN_VALUE, Number.MAX_VALUE);
    const bound = 10 ** Math.min(150 / Math.abs(p), 300);
    const scale = largest.div(largest.clamp(1 / bound, bound));
    return { scaled: scaled.div(scale), scale };
  }

  /** `log Σ exp(x)` without overflow; −∞ where every element is, or none is there */
  logSumExp(options: ReduceOptions = unless): Tensor {
    checkOptions("logSumExp", options, reduceTable);
    const { axis, keepDims } = options;
    normalizeAxes("logSumExp", axis, this.ndim);
    const x: ReductionMethods = asFloat(this);
    const peak = x.finitePeak(axis);
    const total = x.self().sub(peak).exp().sum({ axis, keepDims });
    return total.log().add(peak.reshape(total.shape));
  }

  /** The maximum as a constant to shift by, 0 where it is infinite. */
  private finitePeak(axis: number | readonly number[] | undefined): Tensor {
    // The sum of nothing is the 0 to shift by.
    if (this.size === 0) return this.self().detach().sum({ axis, keepDims: true });
    const peak = this.self().detach().max({ axis, keepDims: true });
    return peak.maskedFill(peak.abs().eq(Infinity), 0);
  }

  /** Index of the largest element, the first among ties; int32. */
  argmax(options: ArgOptions = unless): Tensor {
    return this.arg("argmax", options);
  }

  /** Index of the smallest element, the first among ties; int32. */
  argmin(options: ArgOptions = unless): Tensor {
    return this.arg("argmin", options);
  }

  /** Whether every element is true (not 0). */
  all(options: ReduceOptions = unless): Tensor {
    const truth: ReductionMethods = this.to("bool");
    return truth.reduce("all", "min", options);
  }

  /** Whether some element is true (not 0). */
  any(options: ReduceOptions = unless): Tensor {
    const truth: ReductionMethods = this.to("bool");
    return truth.reduce("any", "max", options);
  }

  /** Running sum along one axis; of bools as int32. */
  cumsum(options: { readonly axis: number }): Tensor {
    const axis = axisOrNone("cumsum", settleOptions("cumsum", options, oneAxisTable).axis, this.ndim);
    if (axis === undefined) return asNumber(this).clone();
    return asNumber(this)["run"]("cumsum", [], { axis, reverse: false });
  }

  /** `exp(x) / Σ exp(x)` along an axis or several, the last unless given */
  softmax(options: { readonly axis?: number | readonly number[] } = unless): Tensor {
    const axes = this.lastAxes("softmax", options);
    return asFloat(this)["run"]("softmax", [], { axes, masked: false });
  }

  /** `x − log Σ exp(x)` along an axis or several, the last unless given */
  logSoftmax(options: { readonly axis?: number | readonly number[] } = unless): Tensor {
    const axes = this.lastAxes("logSoftmax", options);
    return asFloat(this)["run"]("logSoftmax", [], { axes, masked: false });
  }

  private lastAxes(fn: string, options: { readonly axis?: number | readonly number[] }): readonly number[] {
    checkOptions(fn, options, lastAxesTable);
    return normalizeAxes(fn, options.axis ?? -1, this.ndim);
  }
}

/** √x with gradient 0 at 0: the root is taken of 1 there, and the result set to 0. */
function safeSqrt(x: Tensor): Tensor {
  const zero = x.detach().eq(0);
  return x.maskedFill(zero, 1).sqrt().maskedFill(zero, 0);
}

/** x^p for x ≥ 0 with gradient 0 at 0: the power is taken of 1 there, and the result set to 0^p. */
function safePower(x: Tensor, p: number): Tensor {
  const zero = x.detach().eq(0);
  return x
    .maskedFill(zero, 1)
    .pow(p)
    .maskedFill(zero, 0 ** p);
}
