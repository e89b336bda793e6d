import type { Tensor } from "@tapegrad/tensor";
import type { OptionsOf } from "../../module/options-of.ts";
import {
  asFloat,
  expectNothing,
  expectTensor,
  normalizeAxes,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { axesRange } from "../channel-axes.ts";
import { type GivenFacts, rows } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "UnitNorm()",
  axes: "vectors along one axis, or several as if they were one",
  formula: "y = x / max(‖x‖ₚ, ε)",
  paper: undefined,
  invariances: rows,
  centred: false,
};

/** Options of {@link normalize} and {@link UnitNorm}. */
export interface NormalizeOptions {
  /** Exponent of the norm, 2 unless given; `Infinity` is the largest magnitude. */
  readonly p?: number;
  /** Along which axis, 1 unless given, from the end if negative; along several as if they were one. */
  readonly axis?: number | readonly number[];
  /** The least that is divided by, in units of x; 1e-12 unless given. */
  readonly eps?: number;
}

const table: OptionTable<NormalizeOptions> = {
  p: option(ranges.bound, 2),
  axis: option(axesRange, 1),
  eps: option(ranges.nonNegative, 1e-12),
};

/**
 * Divides vectors by their length: `y = x / max(‖x‖ₚ, ε)`.
 *
 * The length is computed in float64, and infinite only beyond the numbers of its dtype (the result is then 0).
 *
 * Backward for p = 2 and ‖x‖ ≥ ε: `dx = (dy − y·Σ dy·y) / ‖x‖`.
 *
 * @param x any shape; integers become float32, other dtypes are kept
 * @throws {ShapeError} for an axis that `x` does not have
 * @example
 * normalize(tensor([[3, 4], [0, 0]])).toArray(); // => [[0.6, 0.8], [0, 0]]
 */
export function normalize(x: Tensor, options: NormalizeOptions & OptionsOf<never> = {}): Tensor {
  expectTensor("normalize", "x", x);
  const { p, axis, eps } = settleOptions("normalize", options, table);
  const values = asFloat(x);
  const length = values.norm({ p, axis: normalizeAxes("normalize", axis, x.ndim), keepDims: true });
  return values.div(length.clamp(eps));
}

/**
 * {@link normalize} as a layer, `UnitNormalization` in Keras; it has no parameters.
 *
 * @example
 * new UnitNorm().forward(tensor([[3, 4], [0, 0]])).toArray(); // => [[0.6, 0.8], [0, 0]]
 */
export class UnitNorm extends ConfiguredModule<NormalizeOptions> {
  static override readonly name: string = "UnitNorm";

  constructor(options: NormalizeOptions & OptionsOf<never> = {}) {
    super(options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("UnitNorm.forward", none);
    return normalize(x, this.options);
  }
}
