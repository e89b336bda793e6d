import type { Shape, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type NormArguments, normArguments } from "../affine.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { trailingAxes, TrailingNorm } from "../trailing-norm.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "DetachNorm(shape)",
  axes: "every sample over its trailing axes, by statistics without a gradient",
  formula: "y = (x − μ) / √(σ² + ε)",
  paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
  invariances: centredRows,
  gradientInvariances: [],
  centred: true,
  held: true,
};

/** Options of {@link detachNorm} and {@link DetachNorm}. */
export interface DetachNormOptions extends Pick<NormArguments, "eps"> {
  /** Which statistics are constants for the gradient: μ, the deviation √(σ² + ε), or both; both unless given. */
  readonly detach?: "mean" | "deviation" | "both";
}

const table: OptionTable<DetachNormOptions> = {
  detach: option(ranges.oneOf("mean", "deviation", "both"), "both"),
  eps: normArguments.eps,
};

/** 0 with the gradient of `t`. */
function gradientOf(t: Tensor): Tensor {
  return t.sub(t.detach());
}

const detachNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: DetachNormOptions = {}): Tensor => {
    const { detach, eps } = settleOptions("detachNorm", options, table);
    const { axes } = trailingAxes("detachNorm", x, shape);
    const values = asFloat(x);
    const [normalized, rstd] = standardize(values, { axes, eps, center: true });
    // In every case the values are x̂: what is added is 0, and makes the gradient that of (x − μ) · r with constants in it.
    const mean = values.mean({ axis: axes, keepDims: true });
    if (detach === "mean") return normalized.add(gradientOf(mean).mul(rstd));
    const moving = detach === "both" ? values : values.sub(mean);
    return normalized.detach().add(gradientOf(moving).mul(rstd.detach()));
  };

/**
 * Layer normalization without gain and bias whose statistics have no gradient: what is left of LayerNorm when its
 * backward pass ignores that mean and variance depend on the input.
 *
 * `y = (x − μ) / √(σ² + ε)`, with mean μ and biased variance σ² over the axes of `shape`, constant as `detach` says.
 * Backward with `r = 1/√(σ² + ε)`: `dx = r · dy` for both, `dx = r · (dy − ⟨dy⟩)` for the deviation, and
 * `dx = r · (dy − x̂·⟨dy·x̂⟩)` for the mean.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x` are not `shape`
 * @see Xu et al. 2019, https://arxiv.org/abs/1911.07013
 * @example
 * const x = tensor([[1, 3, 8]], { requiresGrad: true });
 * const y = detachNorm(x, 3, { eps: 0 });
 * y.toArray(); // => [[-1.0190493, -0.3396831, 1.3587324]]
 * grad(y.sum(), [x])[0].toArray(); // => [[0.3396831, 0.3396831, 0.3396831]]
 * new DetachNorm(2, { eps: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, 1], [-1, 1]]
 */
export const detachNorm: (
  x: Tensor,
  shape: number | Shape,
  options?: DetachNormOptions & OptionsOf<"LayerNorm">,
) => Tensor = detachNormBy(fused);

/** {@link detachNorm} in elementary operations. */
export const plainDetachNorm: typeof detachNorm = detachNormBy(plain);

/** {@link detachNorm} as a layer; it has no parameters. */
export class DetachNorm extends TrailingNorm<DetachNormOptions> {
  static override readonly name: string = "DetachNorm";

  constructor(shape: number | Shape, options: DetachNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super(shape, options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DetachNorm.forward", none);
    return detachNorm(x, this.shape, this.options);
  }
}
