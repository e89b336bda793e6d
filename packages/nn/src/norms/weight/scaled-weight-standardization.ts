import { full, Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVector } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { lengthEps } from "../affine.ts";
import {
  axesBut,
  computeWeight,
  lengthsShape,
  outputAxis,
  restoreWeight,
  trainedWeight,
  type Weighted,
} from "../computed-weight.ts";
import { centredNeurons, type GivenFacts } from "../norm-facts.ts";
import { unitVectors } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "norms.scaledWeightStandardization(layer)",
  axes: "the weight of a layer: every row by its mean and, with N inputs, √N deviations",
  formula: "ŵ = g · (w − μ) / √(N · σ² + ε)",
  parameters: "the weight, and a gain g for each output",
  paper: { title: "Brock, De and Smith 2021", link: "https://arxiv.org/abs/2101.08692" },
  invariances: centredNeurons,
  centred: true,
};

/** Options of {@link scaledWeightStandardization}. */
export interface ScaledWeightStandardizationOptions {
  /** The axis with one mean and one deviation for each of its entries, 0 unless given. */
  readonly axis?: number;
  /** Added to N·σ² inside the root, in units of w²; 1e-10 unless given. */
  readonly eps?: number;
  /** g, one number or a tensor of one for each entry of `axis`, `[out, 1, ...]` for axis 0; 1 unless given. */
  readonly gain?: number | Tensor;
}

/** Options of {@link withScaledWeightStandardization}. */
export interface ScaledWeightStandardizationModuleOptions extends Pick<ScaledWeightStandardizationOptions, "eps"> {
  /** The axis of the outputs: 1 for transposed convolutions and 0 for others, unless given. */
  readonly axis?: number | undefined;
  /** What g is at first; 1 unless given. The paper has that of the activation behind the layer, `√(2 / (1 − 1/π)) ≈ 1.7139` for ReLU. */
  readonly gain?: number;
}

const table: OptionTable<ScaledWeightStandardizationOptions> = {
  axis: option(ranges.integer, 0),
  eps: lengthEps,
  gain: option(ranges.either(ranges.finite, ranges.instanceOf(Tensor)), 1),
};
const moduleTable: OptionTable<ScaledWeightStandardizationModuleOptions> = {
  axis: optional(ranges.integer),
  eps: lengthEps,
  gain: option(ranges.finite, 1),
};

/**
 * Scaled weight standardization: gives the weights of every output mean 0 and variance 1/N for its N inputs, so that the
 * output varies as much as they do, without a norm behind it.
 *
 * `ŵ = g · (w − μ) / √(N · σ² + ε)`, with mean μ and biased variance σ² over all axes but `axis`, of N elements: it is
 * `weightStandardization` divided by √N, and a row of `centeredWeightNorm` with length g.
 * Backward with `ĉ` the row for g = 1 and `D = g·dŵ`: `dw = (D − ⟨D⟩ − ĉ·Σ D·ĉ) / √(N · σ² + ε)`, `dg = Σ dŵ·ĉ`.
 * The authors' code takes the larger of N·σ² and 1e-4 for the sum.
 *
 * @param weight integers become float32, statistics are computed in float64
 * @throws {ShapeError} for an axis that `weight` does not have, or when a tensor g does not fit
 * @see Brock, De and Smith 2021, https://arxiv.org/abs/2101.08692
 * @example
 * scaledWeightStandardization(tensor([[1, 3, 1, 3]]), { gain: 4 }).toArray(); // => [[-2, 2, -2, 2]]
 */
export function scaledWeightStandardization(weight: Tensor, options: ScaledWeightStandardizationOptions = {}): Tensor {
  const fn = "scaledWeightStandardization";
  expectTensor(fn, "weight", weight);
  const { axis, eps, gain } = settleOptions(fn, options, table);
  const axes = axesBut(fn, weight, axis);
  if (typeof gain !== "number") checkVector(fn, "gain", gain, lengthsShape(weight, axes));
  return unitVectors(asFloat(weight), { axes, eps, center: true }).mul(gain);
}

/** What {@link withScaledWeightStandardization} adds to a module. */
export interface ScaledWeightStandardized {
  /** The weight before it is standardized. */
  readonly weightOrig: Parameter;
  /** g, `[out, 1, ...]` for axis 0. */
  readonly weightGain: Parameter;
}

/**
 * Makes a module standardize its weight by {@link scaledWeightStandardization}; `norms.scaledWeightStandardization` for users.
 *
 * Changes the module and returns it: `weightOrig` and `weightGain` take the place of the parameter `weight`, which is
 * computed from them from now on. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for an axis that the weight does not have
 * @example
 * const layer = norms.scaledWeightStandardization(new Conv2d(3, 8, 3), { gain: 1.7139 });
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig", "weight_gain"]
 */
export function withScaledWeightStandardization<M extends Weighted>(
  module: M,
  options: ScaledWeightStandardizationModuleOptions = {},
): M & ScaledWeightStandardized {
  const fn = "scaledWeightStandardization";
  const { axis: given, eps, gain } = settleOptions(fn, options, moduleTable);
  const weight = trainedWeight(fn, module);
  const axis = given ?? outputAxis(module);
  const lengths = lengthsShape(weight, axesBut(fn, weight, axis));
  const fields: ScaledWeightStandardized = {
    weightOrig: new Parameter(weight),
    weightGain: new Parameter(full(lengths, gain, { dtype: weight.dtype })),
  };
  return computeWeight(module, fields, {
    by: fn,
    origin: "weightOrig",
    compute: ({ weightOrig, weightGain }) => scaledWeightStandardization(weightOrig, { axis, eps, gain: weightGain }),
  });
}

/**
 * Takes {@link withScaledWeightStandardization} back; `norms.removeScaledWeightStandardization` for users.
 *
 * Changes the module and returns it: `weight` is a parameter again, standardized as it is now, and the last one in the
 * state dictionary. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no weight of `scaledWeightStandardization`
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removeScaledWeightStandardization(norms.scaledWeightStandardization(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeScaledWeightStandardization<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("removeScaledWeightStandardization", none);
  return restoreWeight("removeScaledWeightStandardization", module, "scaledWeightStandardization");
}
