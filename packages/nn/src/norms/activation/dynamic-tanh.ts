import type { Shape, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, settleOptions } from "@tapegrad/tensor/internal";
import { applyAffine } from "../affine.ts";
import type { GivenFacts } from "../norm-facts.ts";
import {
  checkSquashing,
  type SquashingArguments,
  squashingArguments,
  SquashingLayer,
  type SquashingOptions,
  squashingTable,
} from "../squashing.ts";

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
export interface DynamicTanhArguments extends SquashingArguments {}

/** Options of {@link DynamicTanh}. */
export interface DynamicTanhOptions extends SquashingOptions {}

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
  const { weight, bias, alpha } = settleOptions("dynamicTanh", options, squashingArguments);
  checkSquashing("dynamicTanh", x, shape, { weight, bias }, { alpha });
  return applyAffine(asFloat(x).mul(alpha).tanh(), weight, bias);
}

/** {@link dynamicTanh} as a layer with α, γ and β. */
export class DynamicTanh extends SquashingLayer<DynamicTanhOptions> {
  static override readonly name: string = "DynamicTanh";

  constructor(shape: number | Shape, options: DynamicTanhOptions = {}) {
    super(shape, options, squashingTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DynamicTanh.forward", none);
    return dynamicTanh(x, this.shape, { weight: this.weight, bias: this.bias, alpha: this.alpha });
  }
}
