import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { loadAlso } from "../module/load-also.ts";
import { type AnyModule, Module } from "../module/module.ts";
import { snakeCase } from "../module/module-node.ts";
import { rowLengths, weightNorm as normed } from "../norms/weight/weight-norm.ts";
import { type Parametrized, register } from "./register-parametrization.ts";

/** Options of `parametrizations.weightNorm`. */
export interface WeightNormParametrizationOptions<Name extends string = string> {
  /** The field with the parameter, "weight" unless given. */
  readonly name?: Name;
  /** The axis that has one length for each of its entries, 0 unless given; null is one length for the whole weight. */
  readonly axis?: number | null;
}

const table: OptionTable<WeightNormParametrizationOptions> = {
  name: option(ranges.text, "weight"),
  axis: option(ranges.orNull(ranges.integer), 0),
};

/** Length and direction as a weight. */
class WeightNormParametrization extends Module<[g: Tensor, v: Tensor]> {
  static override readonly name: string = "WeightNorm";
  /** The axis that has one length for each of its entries. */
  readonly axis: number | null;

  constructor(axis: number | null) {
    super();
    this.axis = axis;
  }

  override forward(g: Tensor, v: Tensor): Tensor {
    return normed(v, g, { axis: this.axis });
  }

  rightInverse(value: Tensor): readonly [g: Tensor, v: Tensor] {
    return [rowLengths(value, this.axis), value];
  }
}

/**
 * Makes a module train length and direction of a weight apart, `w = g · v / ‖v‖`, as a parametrization: PyTorch's
 * `parametrizations.weight_norm`.
 *
 * Changes the module and returns it: `parametrizations[name]` has `original0`, the lengths g, and `original1`, the directions v.
 * States of PyTorch's older `weight_norm`, which have `weight_g` and `weight_v`, load too. `norms.weightNorm` is that older form. Make the
 * optimizer afterwards; take it back with `parametrize.removeParametrizations`.
 *
 * @throws {ValueError} when the module has no such parameter
 * @throws {ShapeError} for an axis that the weight does not have
 * @see Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 * @example
 * const layer = parametrizations.weightNorm(new Dense(3, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]
 */
export function weightNorm<M extends AnyModule, Name extends string = "weight">(
  module: M,
  options: WeightNormParametrizationOptions<Name> = {},
): M & Parametrized<Name> {
  const { name, axis } = settleOptions("weightNorm", options, table);
  const key = snakeCase(name);
  const beforeLoad = loadAlso([
    [`${key}_g`, `parametrizations.${key}.original0`],
    [`${key}_v`, `parametrizations.${key}.original1`],
  ]);
  return register("weightNorm", module, name as Name, new WeightNormParametrization(axis), {
    unsafe: false,
    beforeLoad,
  });
}
