import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Parameter } from "../../module/parameter.ts";
import { loadAlso } from "../../module/load-also.ts";
import { checkVector } from "../../module/check-vector.ts";
import { axesBut, computeWeight, restoreWeight, trainedWeight, type Weighted } from "../computed-weight.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "norms.weightNorm(layer)",
  axes: "the weight of a layer: length and direction of every row apart",
  formula: "w = g · v / ‖v‖",
  parameters: "g, v in place of the weight",
  paper: { title: "Salimans and Kingma 2016", link: "https://arxiv.org/abs/1602.07868" },
  invariances: ["scale of the weights", "scale of one neuron's weights"],
  centred: false,
};

/** Options of {@link weightNorm}. */
export interface WeightNormOptions {
  /** The axis that has one length for each of its entries, 0 unless given; null is one length for the whole weight. */
  readonly axis?: number | null;
}

const table: OptionTable<WeightNormOptions> = { axis: option(ranges.orNull(ranges.integer), 0) };

/** The lengths of a weight's rows, `‖v‖` over all axes but `axis`: `[out, 1, ...]` for axis 0, no axes for null. */
export function rowLengths(v: Tensor, axis: number | null): Tensor {
  if (axis === null) return v.norm();
  return v.norm({ axis: axesBut("weightNorm", v, axis), keepDims: true });
}

/**
 * A weight from its direction and its length: `w = g · v / ‖v‖`, one length for each entry of `axis`.
 *
 * Backward: `dg = Σ dw·v̂` and `dv = g/‖v‖ · (dw − v̂·Σ dw·v̂)` with `v̂ = v/‖v‖`, so that dv is orthogonal to v.
 *
 * A direction of 0 gives 0 and not NaN, as if its length were 1: `dv = g · dw`, so that it can grow unless `g = 0`.
 *
 * @param v direction, the shape of the weight
 * @param g length, `[out, 1, ...]` for axis 0, no axes for null
 * @throws {ShapeError} when `g` does not have the shape of the lengths, or for an axis that `v` does not have
 * @see Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 * @example
 * weightNorm(tensor([[3, 4], [0, 2]]), tensor([[10], [1]])).toArray(); // => [[6, 8], [0, 1]]
 */
export function weightNorm(v: Tensor, g: Tensor, options: WeightNormOptions = {}): Tensor {
  expectTensor("weightNorm", "v", v);
  expectTensor("weightNorm", "g", g);
  const lengths = rowLengths(v, settleOptions("weightNorm", options, table).axis);
  checkVector("weightNorm", "g", g, lengths.shape);
  return v.mul(g.div(lengths.maskedFill(lengths.eq(0), 1)));
}

/** What {@link withWeightNorm} adds to a module. */
export interface WeightNormed {
  /** Lengths g, `[out, 1, ...]` for axis 0. */
  readonly weightG: Parameter;
  /** Directions v, the shape of the weight. */
  readonly weightV: Parameter;
}

/**
 * Makes a module train length and direction of its weight apart, by {@link weightNorm}; `norms.weightNorm` for users.
 *
 * Changes the module and returns it: `weightG` and `weightV` take the place of the parameter `weight`, which is
 * computed from them from now on and equal at first. The keys of the state dictionary are those of PyTorch's
 * `nn.utils.weight_norm`; those of `parametrizations.weight_norm` load too. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for an axis that the weight does not have
 * @example
 * const layer = norms.weightNorm(new Dense(3, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_g", "weight_v"]
 * layer.weightG.shape; // => [2, 1]
 */
export function withWeightNorm<M extends Weighted>(module: M, options: WeightNormOptions = {}): M & WeightNormed {
  const { axis } = settleOptions("weightNorm", options, table);
  const weight = trainedWeight("weightNorm", module);
  const fields: WeightNormed = {
    weightG: new Parameter(rowLengths(weight.detach(), axis)),
    weightV: new Parameter(weight),
  };
  return computeWeight(module, fields, {
    by: "weightNorm",
    origin: "weightV",
    compute: ({ weightG, weightV }) => weightNorm(weightV, weightG, { axis }),
    beforeLoad: loadAlso([
      ["parametrizations.weight.original0", "weight_g"],
      ["parametrizations.weight.original1", "weight_v"],
    ]),
  });
}

/**
 * Takes {@link withWeightNorm} back; `norms.removeWeightNorm` for users.
 *
 * Changes the module and returns it: `weight` is a parameter again, with the present value, and the last one in the state
 * dictionary, as in PyTorch. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no weight of `weightNorm`
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removeWeightNorm(norms.weightNorm(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeWeightNorm<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("removeWeightNorm", none);
  return restoreWeight("removeWeightNorm", module, "weightNorm");
}
