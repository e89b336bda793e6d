import { ones, type Shape, type Tensor, zeros } from "@tapegrad/tensor";
import { asFloat, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { Parameter } from "../../module/parameter.ts";
import type { OptionsOf } from "../options-of.ts";
import { affine } from "../affine.ts";
import { checkVectors } from "../check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../norm-options.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { toShape, trailingAxes } from "../trailing-axes.ts";
import { TrailingNorm } from "../trailing-norm.ts";

/** Options of {@link layerNorm}. */
export type LayerNormArguments = NormArguments;

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends NormOptions {
  /** Whether there is β beside γ; true unless given. */
  readonly bias?: boolean;
}

const { eps, affine: hasAffine, dtype } = normOptions;
/** Options of {@link LayerNorm}, row by row. */
export const layerNormTable: OptionTable<LayerNormOptions> = {
  eps,
  affine: hasAffine,
  bias: option(ranges.flag, true),
  dtype,
};

const layerNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: LayerNormArguments = {}): Tensor => {
    const { weight, bias, eps } = settleOptions("layerNorm", options, normArguments);
    const normalized = toShape("layerNorm", shape);
    const axes = trailingAxes("layerNorm", x, normalized);
    checkVectors("layerNorm", normalized, { weight, bias });
    const [standardized] = standardize(asFloat(x), { axes, eps, center: true });
    return affine(standardized, weight, bias);
  };

/**
 * Layer normalization: standardizes every sample over its trailing axes, in training and evaluation alike.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² over the axes of `shape`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`
 * @see Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 * @example
 * layerNorm(tensor([[1, 2, 3, 4]]), 4, { eps: 0 }).toArray(); // => [[-1.3416408, -0.4472136, 0.4472136, 1.3416408]]
 */
export const layerNorm: (x: Tensor, shape: number | Shape, options?: LayerNormArguments) => Tensor = layerNormBy(fused);

/** {@link layerNorm} in elementary operations. */
export const plainLayerNorm: typeof layerNorm = layerNormBy(plain);

/**
 * {@link layerNorm} with its γ and β.
 *
 * The same in training and evaluation, and independent of the other samples of the batch.
 *
 * @param shape the trailing axes to normalize over; a number is one axis
 * @example
 * new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, 1], [-1, 1]]
 */
export class LayerNorm extends TrailingNorm<LayerNormOptions> {
  /** γ of shape `shape` */
  readonly weight: Parameter | undefined;
  /** β of shape `shape` */
  readonly bias: Parameter | undefined;

  constructor(shape: number | Shape, options: LayerNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super(shape, options, layerNormTable);
    const { affine, bias, dtype } = this.options;
    this.weight = affine ? new Parameter(ones(this.shape, { dtype })) : undefined;
    this.bias = affine && bias ? new Parameter(zeros(this.shape, { dtype })) : undefined;
  }

  /** @param x `[..., ...shape]` */
  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.shape, { weight: this.weight, bias: this.bias, eps: this.eps });
  }
}
