import { checkOptions } from "@tapegrad/tensor/internal";
import { rowLengths, weightNorm as normalized, type WeightNormOptions } from "../functional/norms/weight-norm.ts";
import { Parameter } from "../module/parameter.ts";
import { computeWeight, trainedWeight, type Weighted } from "./computed-weight.ts";

/** What {@link weightNorm} adds to a module. */
export interface WeightNormed {
  /** Lengths g, `[out, 1, ...]` for axis 0. */
  readonly weightG: Parameter;
  /** Directions v, the shape of the weight. */
  readonly weightV: Parameter;
}

/**
 * Makes a module train length and direction of its weight apart: `w = g · v / ‖v‖`, see `functional.weightNorm`.
 *
 * Changes the module and returns it: `weightG` and `weightV` take the place of the parameter `weight`, which is
 * computed from them from now on and equal at first. The keys of the state dictionary are PyTorch's. Make the
 * optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for an axis that the weight does not have
 *
 * Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * @example
 * ```ts
 * const layer = norms.weightNorm(new Dense(3, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_g", "weight_v"]
 * layer.weightG.shape; // => [2, 1]
 * ```
 */
export function weightNorm<M extends Weighted>(module: M, options: WeightNormOptions = {}): M & WeightNormed {
  checkOptions("weightNorm", options, ["axis"]);
  const weight = trainedWeight("weightNorm", module);
  const axis = options.axis === undefined ? 0 : options.axis;
  const weightG = new Parameter(rowLengths("weightNorm", weight.detach(), axis));
  const weightV = new Parameter(weight);
  computeWeight(module, () => normalized(weightV, weightG, { axis }));
  return Object.assign(module, { weightG, weightV });
}
