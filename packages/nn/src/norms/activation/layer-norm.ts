import type { Shape, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { OptionsOf } from "../../module/options-of.ts";
import { applyAffine, type NormArguments, normArguments, type NormOptions, normOptions, normRules } from "../affine.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { AffineTrailingNorm, trailingAxes } from "../trailing-norm.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "LayerNorm(shape)",
  axes: "every sample over its trailing axes",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "γ, β of `shape`",
  paper: { title: "Ba, Kiros and Hinton 2016", link: "https://arxiv.org/abs/1607.06450" },
  invariances: centredRows,
  centred: true,
};

/** What is known about it without γ and β. */
export const simpleFacts: GivenFacts = {
  ...facts,
  call: "LayerNorm(shape, { affine: false })",
  variantOf: "layerNorm",
  formula: "y = (x − μ) / √(σ² + ε)",
  parameters: "none",
  paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
};

/** Options of {@link layerNorm}. */
export interface LayerNormArguments extends NormArguments {}

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends NormOptions {
  /** Whether there is β beside γ; true unless given. */
  readonly bias?: boolean;
}

const { eps, affine, dtype } = normOptions;
/** Options of {@link LayerNorm}, row by row. */
export const layerNormTable: OptionTable<LayerNormOptions> = {
  eps,
  affine,
  bias: option(ranges.flag, true),
  dtype,
  ...normRules,
};

const layerNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: LayerNormArguments = {}): Tensor => {
    const { weight, bias, eps } = settleOptions("layerNorm", options, normArguments);
    const { axes, extents } = trailingAxes("layerNorm", x, shape);
    checkVectors("layerNorm", extents, { weight, bias });
    const [standardized] = standardize(asFloat(x), { axes, eps, center: true });
    return applyAffine(standardized, weight, bias);
  };

/**
 * Layer normalization: standardizes every sample over its trailing axes, in training and evaluation alike.
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² over the axes of `shape`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`
 * @see Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 * @example
 * layerNorm(tensor([[1, 2, 3, 4]]), 4, { eps: 0 }).toArray(); // => [[-1.3416408, -0.4472136, 0.4472136, 1.3416408]]
 * new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, 1], [-1, 1]]
 */
export const layerNorm: (
  x: Tensor,
  shape: number | Shape,
  options?: LayerNormArguments & OptionsOf<"LayerNorm">,
) => Tensor = layerNormBy(fused);

/** {@link layerNorm} in elementary operations. */
export const plainLayerNorm: typeof layerNorm = layerNormBy(plain);

/** {@link layerNorm} as a layer with γ and β. */
export class LayerNorm extends AffineTrailingNorm<LayerNormOptions> {
  static override readonly name: string = "LayerNorm";

  constructor(shape: number | Shape, options: LayerNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super(shape, options, layerNormTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("LayerNorm.forward", none);
    return layerNorm(x, this.shape, { weight: this.weight, bias: this.bias, eps: this.eps });
  }
}
