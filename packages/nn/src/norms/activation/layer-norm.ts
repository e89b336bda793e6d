import type { Shape, Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectOptionalTensor,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type MaskOption, maskRow } from "../../module/expect-mask.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions, normRules } from "../affine.ts";
import { affineAlong } from "../channels.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { alignMask, readable, standardizeBy } from "../masked.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { AffineTrailingNorm, type NormalizedAxes, normalizedAxesRow, trailingAxes } from "../trailing-norm.ts";
import { centredRows, type GivenFacts, rows } from "../norm-facts.ts";

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

/** What is known about it with the deviation alone. */
export const scalingFacts: GivenFacts = {
  ...facts,
  call: "LayerNorm(shape, { rmsScaling: true })",
  variantOf: "layerNorm",
  axes: "every sample over its trailing axes, by their deviation",
  formula: "y = γ · x / √(σ² + ε) + β",
  invariances: rows,
  centred: false,
};

/** The option of {@link layerNorm} that leaves the mean where it is. */
export interface RMSScaling {
  /** Whether to divide by the deviation alone, as Keras' option of that name does, without taking the mean away; false unless given. */
  readonly rmsScaling?: boolean;
}

/** Options of {@link layerNorm}. */
export interface LayerNormArguments extends NormArguments, NormalizedAxes, RMSScaling, MaskOption {}

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends NormOptions, NormalizedAxes, RMSScaling {
  /** Whether there is β beside γ; true unless given. */
  readonly bias?: boolean;
}

const { eps, affine, dtype } = normOptions;
const shared: OptionTable<NormalizedAxes & RMSScaling> = {
  ...normalizedAxesRow,
  rmsScaling: option(ranges.flag, false),
};
const argumentTable: OptionTable<LayerNormArguments> = { ...normArguments, ...shared, ...maskRow };
/** Options of {@link LayerNorm}, row by row. */
export const layerNormTable: OptionTable<LayerNormOptions> = {
  eps,
  affine,
  bias: option(ranges.flag, true),
  dtype,
  ...normRules,
  ...shared,
};

const layerNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: LayerNormArguments = {}): Tensor => {
    const fn = "layerNorm";
    const { weight, bias, eps, axis, rmsScaling, mask } = settleOptions(fn, options, argumentTable);
    const { axes, extents } = trailingAxes(fn, x, shape, axis);
    checkVectors(fn, extents, { weight, bias });
    const counted = mask && alignMask(fn, mask, x, []);
    const values = asFloat(x);
    const [standardized, rstd] = standardizeBy(standardize, counted)(values, { axes, eps, center: true });
    return affineAlong(rmsScaling ? readable(values, counted).mul(rstd) : standardized, weight, bias, axes);
  };

/**
 * Layer normalization: standardizes every sample over its trailing axes, in training and evaluation alike.
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² over the axes of `shape`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 * With a mask μ and σ² are those of the values at which it is true; all are normalized, and where none counts y is β.
 * With `rmsScaling` it is `y = γ · x / √(σ² + ε) + β`, which `rmsNorm` is not unless the mean is 0.
 *
 * @param x `[..., ...shape]`, or with the axes of `shape` at `axis`; integers become float32, statistics are computed in float64
 * @param shape extents of the axes to normalize over; a number is one axis
 * @param options `mask` is bool with the axes of `x`, each of its extent or 1
 * @throws {ShapeError} when the axes of `x`, γ or β are not `shape`, or the mask does not fit
 * @throws {DTypeError} for a mask that is not bool
 * @see Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 * @example
 * layerNorm(tensor([[1, 2, 3, 4]]), 4, { eps: 0 }).toArray(); // => [[-1.3416408, -0.4472136, 0.4472136, 1.3416408]]
 * new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, 1], [-1, 1]]
 * new LayerNorm(2, { eps: 0, axis: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, -1], [1, 1]]
 */
export const layerNorm: (
  x: Tensor,
  shape: number | Shape,
  options?: LayerNormArguments & OptionsOf<"LayerNorm">,
) => Tensor = layerNormBy(fused);

/** {@link layerNorm} in elementary operations. */
export const plainLayerNorm: typeof layerNorm = layerNormBy(plain);

/** {@link layerNorm} as a layer with γ and β; the mask comes with the input. */
export class LayerNorm extends AffineTrailingNorm<LayerNormOptions, [x: Tensor, mask?: Tensor | undefined]> {
  static override readonly name: string = "LayerNorm";

  constructor(shape: number | Shape, options: LayerNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super(shape, options, layerNormTable);
  }

  /** @param mask which values count, bool with the axes of `x`, each of its extent or 1; all unless given */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("LayerNorm.forward", none);
    expectOptionalTensor("LayerNorm.forward", "mask", mask);
    const { weight, bias } = this;
    const { eps, axis, rmsScaling } = this.options;
    return layerNorm(x, this.shape, { weight, bias, eps, axis, rmsScaling, mask });
  }
}
