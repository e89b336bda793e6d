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
import { checkVector } from "../../module/check-vector.ts";
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
  call: "norms.centeredWeightNorm(layer)",
  axes: "the weight of a layer: length and direction of every row apart, the direction without its mean",
  formula: "w = g · (v − v̄) / √(Σ (v − v̄)² + ε)",
  parameters: "g, v in place of the weight",
  paper: {
    title: "Huang et al. 2017",
    link: "https://openaccess.thecvf.com/content_iccv_2017/html/Huang_Centered_Weight_Normalization_ICCV_2017_paper.html",
  },
  invariances: centredNeurons,
  centred: true,
};

/** Options of {@link centeredWeightNorm}. */
export interface CenteredWeightNormOptions {
  /** The axis that has one length and one mean for each of its entries, 0 unless given. */
  readonly axis?: number;
  /** Added to the squared length inside the root, in units of v²; 1e-10 unless given. */
  readonly eps?: number;
}

/** Options of {@link withCenteredWeightNorm}. */
export interface CenteredWeightNormModuleOptions extends Pick<CenteredWeightNormOptions, "eps"> {
  /** The axis of the outputs: 1 for transposed convolutions and 0 for others, unless given. */
  readonly axis?: number | undefined;
}

const table: OptionTable<CenteredWeightNormOptions> = { axis: option(ranges.integer, 0), eps: lengthEps };
const moduleTable: OptionTable<CenteredWeightNormModuleOptions> = { axis: optional(ranges.integer), eps: lengthEps };

/**
 * A weight of rows without mean, from their directions and lengths: `w = g · (v − v̄) / √(Σ (v − v̄)² + ε)`, one mean and one
 * length for each entry of `axis`. The output does not change with what is added to all inputs of a sample.
 *
 * Backward with `ĉ` the centred unit vector and `D = g·dw`: `dv = (D − ⟨D⟩ − ĉ·Σ D·ĉ) / ‖v − v̄‖`, `dg = Σ dw·ĉ`.
 * The authors' code divides by `‖v − v̄‖ + 1e-5`.
 *
 * @param v direction, the shape of the weight; its mean and length are computed in float64
 * @param g length, `[out, 1, ...]` for axis 0
 * @throws {ShapeError} when `g` does not have the shape of the lengths, or for an axis that `v` does not have
 * @see Huang et al. 2017, https://openaccess.thecvf.com/content_iccv_2017/html/Huang_Centered_Weight_Normalization_ICCV_2017_paper.html
 * @example
 * centeredWeightNorm(tensor([[1, 1, 5, 5], [0, 2, 2, 0]]), tensor([[2], [4]])).toArray(); // => [[-1, -1, 1, 1], [-2, 2, 2, -2]]
 */
export function centeredWeightNorm(v: Tensor, g: Tensor, options: CenteredWeightNormOptions = {}): Tensor {
  expectTensor("centeredWeightNorm", "v", v);
  expectTensor("centeredWeightNorm", "g", g);
  const { axis, eps } = settleOptions("centeredWeightNorm", options, table);
  const axes = axesBut("centeredWeightNorm", v, axis);
  checkVector("centeredWeightNorm", "g", g, lengthsShape(v, axes));
  return unitVectors(asFloat(v), { axes, eps, center: true }).mul(g);
}

/** What {@link withCenteredWeightNorm} adds to a module. */
export interface CenteredWeightNormed {
  /** Lengths g, `[out, 1, ...]` for axis 0. */
  readonly weightG: Parameter;
  /** Directions v, the shape of the weight. */
  readonly weightV: Parameter;
}

/**
 * Makes a module train length and direction of its weight apart, the direction without its mean, by
 * {@link centeredWeightNorm}; `norms.centeredWeightNorm` for users.
 *
 * Changes the module and returns it: `weightG` and `weightV` take the place of the parameter `weight`, which is computed
 * from them from now on; at first it is what it was, less the mean of each row. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for an axis that the weight does not have
 * @example
 * const layer = norms.centeredWeightNorm(new Dense(4, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_g", "weight_v"]
 * layer.weight.sum({ axis: 1 }).abs().lt(1e-6).toArray(); // => [1, 1]
 */
export function withCenteredWeightNorm<M extends Weighted>(
  module: M,
  options: CenteredWeightNormModuleOptions = {},
): M & CenteredWeightNormed {
  const { axis: given, eps } = settleOptions("centeredWeightNorm", options, moduleTable);
  const weight = trainedWeight("centeredWeightNorm", module);
  const axis = given ?? outputAxis(module);
  const over = { axis: axesBut("centeredWeightNorm", weight, axis), keepDims: true };
  const start = weight.detach();
  const fields: CenteredWeightNormed = {
    weightG: new Parameter(start.sub(start.mean(over)).norm(over)),
    weightV: new Parameter(weight),
  };
  return computeWeight(module, fields, {
    by: "centeredWeightNorm",
    origin: "weightV",
    compute: ({ weightG, weightV }) => centeredWeightNorm(weightV, weightG, { axis, eps }),
  });
}

/**
 * Takes {@link withCenteredWeightNorm} back; `norms.removeCenteredWeightNorm` for users.
 *
 * Changes the module and returns it: `weight` is a parameter again, with the present value, and the last one in the state
 * dictionary. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no weight of `centeredWeightNorm`
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removeCenteredWeightNorm(norms.centeredWeightNorm(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeCenteredWeightNorm<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("removeCenteredWeightNorm", none);
  return restoreWeight("removeCenteredWeightNorm", module, "centeredWeightNorm");
}
