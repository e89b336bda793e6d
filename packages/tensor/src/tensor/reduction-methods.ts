import { asFloat } from "./as-float.ts";
import { asNumber } from "./as-number.ts";
import { checkOptions } from "../options/check-options.ts";
import { ValueError } from "../errors.ts";
import { dropAxes, normalizeAxes, normalizeAxis, sizeOf } from "../shape.ts";
import { ElementwiseMethods } from "./elementwise-methods.ts";
import type { Tensor } from "./tensor.ts";

/** Which axes to reduce (all unless given) and whether to keep them with extent 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[] | undefined;
  readonly keepDims?: boolean | undefined;
}

/** {@link ReduceOptions} and the degrees of freedom that are taken off the count; 1 unless given. */
export interface VarianceOptions extends ReduceOptions {
  readonly correction?: number;
}

/** {@link ReduceOptions} and the exponent of a norm; 2 unless given. */
export interface NormOptions extends ReduceOptions {
  readonly p?: number;
}

/** Options of reductions along one axis; without `axis` the tensor is flattened. */
export interface ArgOptions {
  readonly axis?: number | undefined;
  readonly keepDims?: boolean;
}

const none: ReduceOptions = {};
const reduceKeys = ["axis", "keepDims"];

/** Reductions; sums accumulate in float64. */
export abstract class ReductionMethods extends ElementwiseMethods {
  private reduce(name: "sum" | "prod" | "max" | "min", options: ReduceOptions): Tensor {
    checkOptions(name, options, reduceKeys);
    const axes = normalizeAxes(name, options.axis, this.ndim);
    const kept = this.run(name, [], { axes });
    return options.keepDims === true ? kept : kept.reshape(dropAxes(this.shape, axes));
  }

  private arg(name: "argmax" | "argmin", options: ArgOptions): Tensor {
    checkOptions(name, options, reduceKeys);
    if (options.axis === undefined) {
      const flat: ReductionMethods = this.self().flatten();
      const index = flat.run(name, [], { axis: 0 });
      return index.reshape(options.keepDims === true ? this.shape.map(() => 1) : []);
    }
    const axis = normalizeAxis(name, options.axis, this.ndim);
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
  sum(options: ReduceOptions = none): Tensor {
    const x: ReductionMethods = asNumber(this);
    return x.reduce("sum", options);
  }

  /** Product; 1 where there is nothing to multiply. Of int32 modulo 2^32; bools are multiplied as int32. */
  prod(options: ReduceOptions = none): Tensor {
    const x: ReductionMethods = asNumber(this);
    return x.reduce("prod", options);
  }

  /** Largest element; the gradient is shared equally among ties. */
  max(options: ReduceOptions = none): Tensor {
    return this.reduce("max", options);
  }

  /** Smallest element; the gradient is shared equally among ties. */
  min(options: ReduceOptions = none): Tensor {
    return this.reduce("min", options);
  }

  /** Arithmetic mean, in floats; NaN where there is nothing to average. */
  mean(options: ReduceOptions = none): Tensor {
    const x: ReductionMethods = asFloat(this);
    const count = this.countOf("mean", options.axis);
    return x.reduce("sum", options).div(count);
  }

  /** `Σ (x − mean)² / (n − correction)`, in two passes */
  variance(options: VarianceOptions = none): Tensor {
    checkOptions("variance", options, [...reduceKeys, "correction"]);
    const { axis, keepDims, correction = 1 } = options;
    const x: ReductionMethods = asFloat(this);
    const centred = x.self().sub(x.mean({ axis, keepDims: true }));
    const count = this.countOf("variance", axis) - correction;
    return centred.square().sum({ axis, keepDims }).div(Math.max(count, 0));
  }

  /** Square root of {@link variance}; the gradient at zero variance is 0. */
  std(options: VarianceOptions = none): Tensor {
    return safeSqrt(this.variance(options));
  }

  /**
   * The norm `(Σ|x|^p)^(1/p)`, Euclidean unless `p` is given: 1 sums magnitudes, ±∞ is the largest or smallest one, and 0
   * counts what is not 0. The gradient at the zero vector is 0.
   *
   * @throws {ValueError} when `p` is not a number
   * @example
   * tensor([3, -4]).norm().item() // => 5
   * tensor([3, -4]).norm({ p: 1 }).item() // => 7
   */
  norm(options: NormOptions = none): Tensor {
    checkOptions("norm", options, [...reduceKeys, "p"]);
    const { p = 2, ...over } = options;
    if (typeof p !== "number" || Number.isNaN(p)) throw new ValueError(`norm: expected p to be a number, got ${p}.`);
    const x = asFloat(this);
    if (p === 2) return safeSqrt(x.square().sum(over));
    const magnitude = x.abs();
    if (p === 1) return magnitude.sum(over);
    if (p === Infinity) return magnitude.max(over);
    if (p === -Infinity) return magnitude.min(over);
    if (p === 0) return magnitude.ne(0).to(x.dtype).sum(over);
    return safePower(safePower(magnitude, p).sum(over), 1 / p);
  }

  /** `log Σ exp(x)` without overflow; −∞ where every element is, or none is there */
  logSumExp(options: ReduceOptions = none): Tensor {
    const { axis, keepDims = false } = options;
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
  argmax(options: ArgOptions = {}): Tensor {
    return this.arg("argmax", options);
  }

  /** Index of the smallest element, the first among ties; int32. */
  argmin(options: ArgOptions = {}): Tensor {
    return this.arg("argmin", options);
  }

  /** Whether every element is true (not 0). */
  all(options: ReduceOptions = none): Tensor {
    return this.to("bool").min(options);
  }

  /** Whether some element is true (not 0). */
  any(options: ReduceOptions = none): Tensor {
    return this.to("bool").max(options);
  }

  /** Running sum along one axis; of bools as int32. */
  cumsum(options: { readonly axis: number }): Tensor {
    if (typeof options?.axis !== "number") {
      throw new ValueError(`cumsum: expected { axis: number }, got ${JSON.stringify(options)}.`);
    }
    return asNumber(this).run("cumsum", [], { axis: normalizeAxis("cumsum", options.axis, this.ndim), reverse: false });
  }

  /** A result without elements for an input without any; the axis has to exist all the same. */
  private emptyAlong(fn: string, axis: number): Tensor {
    normalizeAxis(fn, axis, this.ndim);
    return this.exp();
  }

  /** `exp(x) / Σ exp(x)` along an axis, the last unless given */
  softmax(options: { readonly axis?: number } = {}): Tensor {
    const axis = options.axis ?? -1;
    const x: ReductionMethods = asFloat(this);
    if (x.size === 0) return x.emptyAlong("softmax", axis);
    // Shift by the plain maximum: a row of −∞ only must give NaN.
    const powers = x
      .self()
      .sub(x.self().detach().max({ axis, keepDims: true }))
      .exp();
    return powers.div(powers.sum({ axis, keepDims: true }));
  }

  /** `x − log Σ exp(x)` along an axis, the last unless given */
  logSoftmax(options: { readonly axis?: number } = {}): Tensor {
    const axis = options.axis ?? -1;
    const x: ReductionMethods = asFloat(this);
    if (x.size === 0) return x.emptyAlong("logSoftmax", axis);
    const shifted = x.self().sub(x.self().detach().max({ axis, keepDims: true }));
    return shifted.sub(shifted.exp().sum({ axis, keepDims: true }).log());
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
