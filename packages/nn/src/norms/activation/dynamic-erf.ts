import { full, type Shape, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { Parameter } from "../../module/parameter.ts";
import { applyAffine } from "../affine.ts";
import type { GivenFacts } from "../norm-facts.ts";
import {
  checkSquashing,
  numberOrTensor,
  type SquashingArguments,
  squashingArguments,
  SquashingLayer,
  type SquashingOptions,
  squashingTable,
} from "../squashing.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "DynamicErf(shape)",
  axes: "nothing: every value is squashed by itself",
  formula: "y = γ · erf(α · x + s) + β",
  parameters: "α and s, one number each; γ, β of `shape`",
  paper: { title: "Chen et al. 2025", link: "https://arxiv.org/abs/2512.10938" },
  invariances: [],
  centred: false,
};

/** Options of {@link dynamicErf}. */
export interface DynamicErfArguments extends SquashingArguments {
  /** s, one number; 0 unless given. */
  readonly shift?: number | Tensor;
}

/** Options of {@link DynamicErf}. */
export interface DynamicErfOptions extends SquashingOptions {
  /** Initial s; 0 unless given. */
  readonly shift?: number;
}

const argumentTable: OptionTable<DynamicErfArguments> = { ...squashingArguments, shift: option(numberOrTensor, 0) };
const table: OptionTable<DynamicErfOptions> = { ...squashingTable, shift: option(ranges.finite, 0) };

/**
 * Dynamic erf (Derf): what stands in place of a norm in transformers without one, as `dynamicTanh` does, with an S of another
 * shape. It computes no statistics.
 *
 * `y = γ · erf(α · x + s) + β`, with one α and one s for all values.
 * Backward with `e = 2/√π · exp(−(α·x + s)²)` and `g = γ·dy`: `dx = α·e·g`, `dα = Σ x·e·g` and `ds = Σ e·g`.
 *
 * @param x `[..., ...shape]`; integers become float32
 * @param shape the trailing axes that γ and β have; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`, or α or s has axes
 * @see Chen et al. 2025, https://arxiv.org/abs/2512.10938
 * @example
 * dynamicErf(tensor([[0, 1]]), 2, { alpha: 1 }).toArray(); // => [[0, 0.8427008]]
 * new DynamicErf(2, { alpha: 1, shift: 1 }).forward(tensor([[0, -1]])).toArray(); // => [[0.8427008, 0]]
 */
export function dynamicErf(x: Tensor, shape: number | Shape, options: DynamicErfArguments = {}): Tensor {
  const { weight, bias, alpha, shift } = settleOptions("dynamicErf", options, argumentTable);
  checkSquashing("dynamicErf", x, shape, { weight, bias }, { alpha, shift });
  return applyAffine(asFloat(x).mul(alpha).add(shift).erf(), weight, bias);
}

/** {@link dynamicErf} as a layer with α, s, γ and β. */
export class DynamicErf extends SquashingLayer<DynamicErfOptions> {
  static override readonly name: string = "DynamicErf";
  /** s, of no axes */
  shift: Parameter;

  constructor(shape: number | Shape, options: DynamicErfOptions = {}) {
    super(shape, options, table);
    const { shift, dtype } = this.options;
    this.shift = new Parameter(full([], shift, { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DynamicErf.forward", none);
    const { weight, bias, alpha, shift } = this;
    return dynamicErf(x, this.shape, { weight, bias, alpha, shift });
  }
}
