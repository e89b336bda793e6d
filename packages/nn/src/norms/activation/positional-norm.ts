import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { affineChannels, checkChannels } from "../channels.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "PositionalNorm(features)",
  axes: "every position over its channels",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "γ, β of `[features]`",
  paper: { title: "Li et al. 2019", link: "https://arxiv.org/abs/1907.04312" },
  invariances: centredRows,
  centred: true,
};

/** Options of {@link positionalNorm}. */
export interface PositionalNormArguments extends NormArguments {}

/** Options of {@link positionalNormWithMoments}. */
export interface PositionalMomentsOptions extends Pick<NormArguments, "eps"> {}

/** Options of {@link PositionalNorm}. */
export interface PositionalNormOptions extends NormOptions {}

/** What {@link positionalNormWithMoments} gives. */
export interface PositionalMoments {
  /** `[N, C, ...]` */
  readonly normalized: Tensor;
  /** μ, `[N, 1, ...]` */
  readonly mean: Tensor;
  /** √(σ² + ε), `[N, 1, ...]` */
  readonly deviation: Tensor;
}

const momentsTable: OptionTable<PositionalMomentsOptions> = { eps: normArguments.eps };

const positionalNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: PositionalNormArguments = {}): Tensor => {
    const { weight, bias, eps } = settleOptions("positionalNorm", options, normArguments);
    const channels = checkChannels("positionalNorm", x, (weight ?? bias)?.size);
    checkVectors("positionalNorm", [channels], { weight, bias });
    return affineChannels(standardize(asFloat(x), { axes: [1], eps, center: true })[0], weight, bias);
  };

/**
 * Positional normalization (PONO): standardizes every position over its channels. It is LayerNorm of images with their
 * channels on axis 1, as ConvNeXt has it and as is elsewhere called LayerNorm2d.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² over the channels, γ and β per channel.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 * The authors' code takes the unbiased variance.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when the channels do not fit
 * @see Li et al. 2019, https://arxiv.org/abs/1907.04312
 * @example
 * positionalNorm(tensor([[[1, 10], [3, 30]]]), { eps: 0 }).toArray(); // => [[[-1, -1], [1, 1]]]
 */
export const positionalNorm: (x: Tensor, options?: PositionalNormArguments) => Tensor = positionalNormBy(fused);

/** {@link positionalNorm} in elementary operations. */
export const plainPositionalNorm: typeof positionalNorm = positionalNormBy(plain);

/**
 * {@link positionalNorm} without γ and β, and the statistics that it took away: a later layer may give them back (moment
 * shortcut), as `y.mul(deviation).add(mean)`.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} for fewer than two axes
 * @example
 * const { normalized, mean, deviation } = positionalNormWithMoments(tensor([[[1, 10], [3, 30]]]), { eps: 0 });
 * [mean.toArray(), deviation.toArray()]; // => [[[[2, 20]]], [[[1, 10]]]]
 * normalized.mul(deviation).add(mean).toArray(); // => [[[1, 10], [3, 30]]]
 */
export function positionalNormWithMoments(x: Tensor, options: PositionalMomentsOptions = {}): PositionalMoments {
  const { eps } = settleOptions("positionalNormWithMoments", options, momentsTable);
  checkChannels("positionalNormWithMoments", x, undefined);
  const values = asFloat(x);
  const [normalized, rstd] = fused(values, { axes: [1], eps, center: true });
  return { normalized, mean: values.mean({ axis: 1, keepDims: true }), deviation: rstd.reciprocal() };
}

/**
 * {@link positionalNorm} as a layer with γ and β per channel; LayerNorm2d elsewhere.
 *
 * @example
 * new PositionalNorm(3).forward(randn([2, 3, 8, 8])).shape; // => [2, 3, 8, 8]
 */
export class PositionalNorm extends ChannelLayer<PositionalNormOptions> {
  static override readonly name: string = "PositionalNorm";

  constructor(features: number, options: PositionalNormOptions = {}) {
    super(features, options, normOptions);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PositionalNorm.forward", none);
    checkChannels("positionalNorm", x, this.features);
    return positionalNorm(x, { weight: this.weight, bias: this.bias, eps: this.options.eps });
  }
}
