import { checkDType, type DType, isFloat } from "../dtype.ts";
import { checkOptions } from "../options/check-options.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defaultGenerator, type Generator } from "./generator.ts";

/** Options of random functions. */
export interface RandomOptions {
  /** Element type; float32 unless given. */
  readonly dtype?: DType;
  /** Where to draw from; the default generator unless given. */
  readonly generator?: Generator | undefined;
  /** Whether to differentiate by the result. */
  readonly requiresGrad?: boolean;
}

const optionKeys = ["dtype", "generator", "requiresGrad"];

/**
 * Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64.
 *
 * @throws {DTypeError} unless the dtype is a float
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  const dtype = check("rand", shape, options);
  return uniform(shape, dtype, options.generator).requiresGrad_(options.requiresGrad ?? false);
}

function check(fn: string, shape: Shape, options: RandomOptions): DType {
  checkOptions(fn, options, optionKeys);
  checkShape(fn, shape);
  const dtype = options.dtype ?? "float32";
  checkDType(fn, dtype);
  if (!isFloat(dtype)) throw new DTypeError(`${fn}: expected dtype float32 or float64, got ${dtype}.`);
  return dtype;
}

function uniform(shape: Shape, dtype: DType, generator: Generator = defaultGenerator()): Tensor {
  if (dtype === "float32")
    return generator
      .bits(shape, 24)
      .to(dtype)
      .mul(2 ** -24);
  const high = generator
    .bits(shape, 26)
    .to(dtype)
    .mul(2 ** -26);
  return high.add(
    generator
      .bits(shape, 27)
      .to(dtype)
      .mul(2 ** -53),
  );
}

/** Standard normal, by the transform of Box and Muller: `√(−2 ln(1 − u₁)) cos(2π u₂)`. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  const dtype = check("randn", shape, options);
  const radius = uniform(shape, dtype, options.generator).neg().log1p().mul(-2).sqrt();
  const angle = uniform(shape, dtype, options.generator).mul(2 * Math.PI);
  return radius.mul(angle.cos()).requiresGrad_(options.requiresGrad ?? false);
}

/** Whole numbers in [low, high), int32. */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  options: { readonly generator?: Generator | undefined } = {},
): Tensor {
  checkOptions("randint", options, ["generator"]);
  checkShape("randint", shape);
  const whole = Number.isInteger(low) && Number.isInteger(high);
  if (!whole || low >= high || low < -(2 ** 31) || high > 2 ** 31) {
    throw new ValueError(`randint: expected whole low < high within int32, got ${low} and ${high}.`);
  }
  const u = uniform(shape, "float64", options.generator);
  return u
    .mul(high - low)
    .floor()
    .add(low)
    .to("int32");
}

/** A random order of 0 … n − 1, int32. */
export function randperm(n: number, options: { readonly generator?: Generator | undefined } = {}): Tensor {
  checkOptions("randperm", options, ["generator"]);
  if (!Number.isInteger(n) || n < 0) throw new ShapeError(`randperm: expected a whole number of at least 0, got ${n}.`);
  const keys = uniform([n], "float64", options.generator);
  return keys.run("argsort", [], { axis: 0, descending: false });
}

/** 1 with the given probability, else 0; one draw per element of `probability`, or of `shape` for a number. */
export function bernoulli(
  probability: Tensor | number,
  options: RandomOptions & { readonly shape?: Shape } = {},
): Tensor {
  const { shape: given, ...rest } = options;
  if (typeof probability === "number" && !(probability >= 0 && probability <= 1)) {
    throw new ValueError(`bernoulli: expected a probability in [0, 1], got ${probability}.`);
  }
  const shape = given ?? (typeof probability === "number" ? [] : probability.shape);
  const dtype = check("bernoulli", shape, rest);
  return uniform(shape, "float64", options.generator).lt(probability).to(dtype);
}
