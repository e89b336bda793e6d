import { full, type Shape, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkVector, checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import {
  affineParameters,
  applyAffine,
  type NormArguments,
  normArguments,
  type NormOptions,
  normOptions,
  normRules,
} from "../affine.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { trailingAxes, TrailingLayer } from "../trailing-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "DynamicTanh(shape)",
  axes: "nothing: every value is squashed by itself",
  formula: "y = γ · tanh(α · x) + β",
  parameters: "α, one number; γ, β of `shape`",
  paper: { title: "Zhu et al. 2025", link: "https://arxiv.org/abs/2503.10622" },
  invariances: [],
  centred: false,
};

/** Options of {@link dynamicTanh}. */
export interface DynamicTanhArguments extends Omit<NormArguments, "eps"> {
  /** α, one number; 0.5 unless given. */
  readonly alpha?: number | Tensor;
}

/** Options of {@link DynamicTanh}. */
export interface DynamicTanhOptions extends Omit<NormOptions, "eps"> {
  /** Initial α; 0.5 unless given. */
  readonly alpha?: number;
}

const { weight, bias } = normArguments;
const argumentTable: OptionTable<DynamicTanhArguments> = {
  weight,
  bias,
  alpha: option(ranges.either(ranges.finite, ranges.instanceOf(Tensor)), 0.5),
};
const { affine, dtype } = normOptions;
const table: OptionTable<DynamicTanhOptions> = { alpha: option(ranges.finite, 0.5), affine, dtype, ...normRules };

/**
 * Dynamic tanh: what stands in place of a norm in transformers without one. It computes no statistics.
 *
 * `y = γ · tanh(α · x) + β`, with one α for all values.
 * Backward: `dx = α · (1 − t²) · γ·dy` and `dα = Σ x · (1 − t²) · γ·dy` with `t = tanh(α · x)`.
 *
 * @param x `[..., ...shape]`; integers become float32
 * @param shape the trailing axes that γ and β have; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`, or α has axes
 * @see Zhu et al. 2025, https://arxiv.org/abs/2503.10622
 * @example
 * dynamicTanh(tensor([[0, 1]]), 2, { alpha: 1 }).toArray(); // => [[0, 0.7615942]]
 * new DynamicTanh(2, { alpha: 1 }).forward(tensor([[0, 1]])).toArray(); // => [[0, 0.7615942]]
 */
export function dynamicTanh(x: Tensor, shape: number | Shape, options: DynamicTanhArguments = {}): Tensor {
  const { weight, bias, alpha } = settleOptions("dynamicTanh", options, argumentTable);
  const { extents } = trailingAxes("dynamicTanh", x, shape);
  checkVectors("dynamicTanh", extents, { weight, bias });
  if (typeof alpha !== "number") checkVector("dynamicTanh", "alpha", alpha, []);
  return applyAffine(asFloat(x).mul(alpha).tanh(), weight, bias);
}

/** {@link dynamicTanh} as a layer with α, γ and β. */
export class DynamicTanh extends TrailingLayer<DynamicTanhOptions> {
  static override readonly name: string = "DynamicTanh";
  /** α, of no axes */
  alpha: Parameter;
  /** γ of shape `shape` */
  weight: Parameter | undefined;
  /** β of shape `shape` */
  bias: Parameter | undefined;

  constructor(shape: number | Shape, options: DynamicTanhOptions = {}) {
    super(shape, options, table);
    const { alpha, dtype } = this.options;
    this.alpha = new Parameter(full([], alpha, { dtype }));
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, this.shape, this.options));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DynamicTanh.forward", none);
    return dynamicTanh(x, this.shape, { weight: this.weight, bias: this.bias, alpha: this.alpha });
  }
}
