import type { DType } from "../dtype.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { option, optional, type OptionTable, settleOptions } from "../options/option-table.ts";
import { flag, floatDType, instanceOf, shapeRange, unit, whole } from "../options/ranges.ts";
import { expectValue, quoted } from "../options/value-range.ts";
import { asFloat } from "../tensor/as-float.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import { expectOperand } from "../tensor/expect-tensor.ts";
import { checkShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defaultGenerator, Generator } from "./generator.ts";

/** Options of random functions. */
export interface RandomOptions {
  /** Element type; float32 unless given. */
  readonly dtype?: DType;
  /** Where to draw from; the default generator unless given. */
  readonly generator?: Generator | undefined;
  /** Whether to differentiate by the result. */
  readonly requiresGrad?: boolean;
}

/** Options of functions whose results have a dtype of their own. */
export type DrawOptions = Pick<RandomOptions, "generator">;

/** Rows of {@link DrawOptions}. */
export const drawTable: OptionTable<DrawOptions> = { generator: optional(instanceOf(Generator)) };
const table: OptionTable<RandomOptions> = {
  dtype: option<DType>(floatDType, "float32"),
  ...drawTable,
  requiresGrad: option(flag, false),
};

/**
 * Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64.
 *
 * @throws {DTypeError} unless the dtype is a float
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  const { dtype, generator, requiresGrad } = settle("rand", shape, options);
  return uniform(shape, dtype, generator).requiresGrad_(requiresGrad);
}

function settle(fn: string, shape: Shape, options: RandomOptions): Required<RandomOptions> {
  checkShape(fn, shape);
  return settleOptions(fn, options, table);
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
  const { dtype, generator, requiresGrad } = settle("randn", shape, options);
  const radius = uniform(shape, dtype, generator).neg().log1p().mul(-2).sqrt();
  const angle = uniform(shape, dtype, generator).mul(2 * Math.PI);
  return radius.mul(angle.cos()).requiresGrad_(requiresGrad);
}

/** Whole numbers in [low, high), int32. */
export function randint(low: number, high: number, shape: Shape, options: DrawOptions = {}): Tensor {
  const { generator } = settleOptions("randint", options, drawTable);
  const isWhole = Number.isInteger(low) && Number.isInteger(high);
  if (!isWhole || low >= high || low < -(2 ** 31) || high > 2 ** 31) {
    throw new ValueError(`randint: expected whole low < high within int32, got ${quoted(low)} and ${quoted(high)}.`);
  }
  checkShape("randint", shape);
  const u = uniform(shape, "float64", generator);
  return u
    .mul(high - low)
    .floor()
    .add(low)
    .to("int32");
}

/** A random order of 0 … n − 1, int32. */
export function randperm(n: number, options: DrawOptions = {}): Tensor {
  const { generator } = settleOptions("randperm", options, drawTable);
  expectValue("randperm", "n", n, { ...whole(0), error: ShapeError });
  const keys = uniform([n], "float64", generator);
  return keys["run"]("argsort", [], { axis: 0, descending: false });
}

function notProbability(value: number): ValueError {
  return new ValueError(`bernoulli: expected probability in [0, 1], got ${value}.`);
}

/** Options of {@link bernoulli}. */
export interface BernoulliOptions extends Omit<RandomOptions, "dtype"> {
  /** Element type; that of the probabilities unless given, float32 of a number. */
  readonly dtype?: DType | undefined;
  /** How many to draw; one for each probability unless given. */
  readonly shape?: Shape | undefined;
}

const bernoulliTable: OptionTable<BernoulliOptions> = {
  ...table,
  shape: optional(shapeRange),
  dtype: optional<DType>(floatDType),
};

/** 1 with the given probability, else 0; one draw per element of `probability`, or of `shape` for a number. */
export function bernoulli(probability: Tensor | number, options: BernoulliOptions = {}): Tensor {
  const settled = settleOptions("bernoulli", options, bernoulliTable);
  const { generator, requiresGrad } = settled;
  expectOperand("bernoulli", "probability", probability);
  const dtype = settled.dtype ?? (typeof probability === "number" ? "float32" : asFloat(probability).dtype);
  if (typeof probability === "number") expectValue("bernoulli", "probability", probability, unit);
  else expectElements(probability, { within: [[0, 1]], error: notProbability });
  const shape = settled.shape ?? (typeof probability === "number" ? [] : probability.shape);
  checkShape("bernoulli", shape);
  return uniform(shape, "float64", generator).lt(probability).to(dtype).requiresGrad_(requiresGrad);
}
