import type { Tensor } from "@tapegrad/tensor";
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
import { Parameter } from "../../module/parameter.ts";
import { normArguments } from "../affine.ts";
import { axesBut, computeWeight, outputAxis, restoreWeight, trainedWeight, type Weighted } from "../computed-weight.ts";
import { centredNeurons, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "norms.weightStandardization(layer)",
  axes: "the weight of a layer: every row by its mean and deviation",
  formula: "ŵ = (w − μ) / √(σ² + ε)",
  parameters: "the weight",
  paper: { title: "Qiao et al. 2019", link: "https://arxiv.org/abs/1903.10520" },
  invariances: centredNeurons,
  centred: true,
};

/** Options of {@link weightStandardization}. */
export interface WeightStandardizationOptions {
  /** The axis with one mean and one deviation for each of its entries, 0 unless given. */
  readonly axis?: number;
  /** Added to the variance inside the root, in units of w²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Options of {@link withWeightStandardization}. */
export interface WeightStandardizationModuleOptions extends Pick<WeightStandardizationOptions, "eps"> {
  /** The axis of the outputs: 1 for transposed convolutions and 0 for others, unless given. */
  readonly axis?: number | undefined;
}

const { eps } = normArguments;
const table: OptionTable<WeightStandardizationOptions> = { axis: option(ranges.integer, 0), eps };
const moduleTable: OptionTable<WeightStandardizationModuleOptions> = { axis: optional(ranges.integer), eps };

const weightStandardizationBy =
  (standardize: Standardize) =>
  (weight: Tensor, options: WeightStandardizationOptions = {}): Tensor => {
    expectTensor("weightStandardization", "weight", weight);
    const { axis, eps } = settleOptions("weightStandardization", options, table);
    const axes = axesBut("weightStandardization", weight, axis);
    return standardize(asFloat(weight), { axes, eps, center: true })[0];
  };

/**
 * Weight standardization: gives the weights of every output mean 0 and variance 1.
 * `ŵ = (w − μ) / √(σ² + ε)`, with mean μ and biased variance σ² over all axes but `axis`.
 * Backward: `dw = r · (g − ⟨g⟩ − ŵ·⟨g·ŵ⟩)` with `g = dŵ` and `r = 1/√(σ² + ε)`.
 * The authors' code divides by the root of the unbiased variance plus ε.
 *
 * @param weight integers become float32, statistics are computed in float64
 * @throws {ShapeError} for an axis that `weight` does not have
 * @see Qiao et al. 2019, https://arxiv.org/abs/1903.10520
 * @example
 * weightStandardization(tensor([[1, 3], [5, 1]]), { eps: 0 }).toArray(); // => [[-1, 1], [1, -1]]
 */
export const weightStandardization: (weight: Tensor, options?: WeightStandardizationOptions) => Tensor =
  weightStandardizationBy(fused);

/** {@link weightStandardization} in elementary operations. */
export const plainWeightStandardization: typeof weightStandardization = weightStandardizationBy(plain);

/** What {@link withWeightStandardization} adds to a module. */
export interface WeightStandardized {
  /** The weight before it is standardized. */
  readonly weightOrig: Parameter;
}

/**
 * Makes a module standardize its weight by {@link weightStandardization}; `norms.weightStandardization` for users. The
 * outputs grow with the root of the number of inputs: a norm of them belongs behind it, GroupNorm in the paper.
 *
 * Changes the module and returns it: `weightOrig` takes the place of the parameter `weight`, which is computed from now on.
 * Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for an axis that the weight does not have
 * @example
 * const layer = norms.weightStandardization(new Conv2d(3, 8, 3));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig"]
 */
export function withWeightStandardization<M extends Weighted>(
  module: M,
  options: WeightStandardizationModuleOptions = {},
): M & WeightStandardized {
  const { axis: given, eps } = settleOptions("weightStandardization", options, moduleTable);
  const weight = trainedWeight("weightStandardization", module);
  const axis = given ?? outputAxis(module);
  axesBut("weightStandardization", weight, axis);
  const fields: WeightStandardized = { weightOrig: new Parameter(weight) };
  return computeWeight(module, fields, {
    by: "weightStandardization",
    origin: "weightOrig",
    compute: ({ weightOrig }) => weightStandardization(weightOrig, { axis, eps }),
  });
}

/**
 * Takes {@link withWeightStandardization} back; `norms.removeWeightStandardization` for users.
 *
 * Changes the module and returns it: `weight` is a parameter again, standardized as it is now, and the last one in the
 * state dictionary. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no weight of `weightStandardization`
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removeWeightStandardization(norms.weightStandardization(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeWeightStandardization<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("removeWeightStandardization", none);
  return restoreWeight("removeWeightStandardization", module, "weightStandardization");
}
