import type { Shape, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type NormArguments, normArguments } from "../affine.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { trailingAxes, TrailingNorm } from "../trailing-norm.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "AdaNorm(shape)",
  axes: "every sample over its trailing axes, damping what is large",
  formula: "y = C · (1 − k · x̂) · x̂",
  paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
  invariances: centredRows,
  centred: true,
  held: true,
};

/** Options of {@link adaNorm} and {@link AdaNorm}. */
export interface AdaNormOptions extends Pick<NormArguments, "eps"> {
  /** Scale C of the output; 1 unless given. */
  readonly scale?: number;
  /** How strongly large values are damped; 0.1 unless given. */
  readonly k?: number;
}

const table: OptionTable<AdaNormOptions> = {
  scale: option(ranges.finite, 1),
  k: option(ranges.finite, 0.1),
  eps: normArguments.eps,
};

const adaNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: AdaNormOptions = {}): Tensor => {
    const { scale, k, eps } = settleOptions("adaNorm", options, table);
    const { axes } = trailingAxes("adaNorm", x, shape);
    const [normalized] = standardize(asFloat(x), { axes, eps, center: true });
    return normalized.mul(normalized.detach().mul(-k).add(1)).mul(scale);
  };

/**
 * Adaptive normalization: standardizes every sample over its trailing axes and damps what is large, instead of a gain and
 * a bias that are trained.
 *
 * `y = C · (1 − k · x̂) · x̂` with `x̂ = (x − μ) / √(σ² + ε)`, where the factor in brackets is a constant for the gradient.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = C·(1 − k·x̂)·dy` and `r = 1/√(σ² + ε)`.
 * The authors' code takes the unbiased variance and adds ε to its root.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x` are not `shape`
 * @see Xu et al. 2019, https://arxiv.org/abs/1911.07013
 * @example
 * adaNorm(tensor([[1, 3]]), 2, { eps: 0 }).toArray(); // => [[-1.1, 0.9]]
 * new AdaNorm(2, { scale: 2, eps: 0 }).forward(tensor([[1, 3]])).toArray(); // => [[-2.2, 1.8]]
 */
export const adaNorm: (x: Tensor, shape: number | Shape, options?: AdaNormOptions & OptionsOf<"LayerNorm">) => Tensor =
  adaNormBy(fused);

/** {@link adaNorm} in elementary operations. */
export const plainAdaNorm: typeof adaNorm = adaNormBy(plain);

/** {@link adaNorm} as a layer; it has no parameters. */
export class AdaNorm extends TrailingNorm<AdaNormOptions> {
  static override readonly name: string = "AdaNorm";

  constructor(shape: number | Shape, options: AdaNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super(shape, options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("AdaNorm.forward", none);
    return adaNorm(x, this.shape, this.options);
  }
}
