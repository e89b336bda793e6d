import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import type { NormArguments } from "../affine.ts";
import { checkChannels } from "../channels.ts";
import { type GivenFacts, rows } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "PixelNorm()",
  axes: "every position over its channels, without their mean",
  formula: "y = x / √(⟨x²⟩ + ε)",
  paper: { title: "Karras et al. 2017", link: "https://arxiv.org/abs/1710.10196" },
  invariances: rows,
  centred: false,
};

/** Options of {@link pixelNorm} and {@link PixelNorm}. */
export interface PixelNormOptions extends Pick<NormArguments, "eps"> {
  /** Added to the mean square inside the root, in units of x²; 1e-8 unless given. */
  readonly eps?: number;
}

const table: OptionTable<PixelNormOptions> = { eps: option(ranges.nonNegative, 1e-8) };

const pixelNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: PixelNormOptions = {}): Tensor => {
    const { eps } = settleOptions("pixelNorm", options, table);
    checkChannels("pixelNorm", x, undefined);
    return standardize(asFloat(x), { axes: [1], eps, center: false })[0];
  };

/**
 * Pixelwise feature vector normalization: divides every position by the root mean square of its channels.
 *
 * `y = x / √(⟨x²⟩ + ε)`, with the mean over the channels. It is RMSNorm of the channels, without γ.
 * Backward: `dx = r · (dy − y·⟨dy·y⟩)` with `r = 1/√(⟨x²⟩ + ε)`.
 *
 * @param x `[N, C, ...]`; integers become float32, mean squares are computed in float64
 * @throws {ShapeError} for fewer than two axes
 * @see Karras et al. 2017, https://arxiv.org/abs/1710.10196
 * @example
 * pixelNorm(tensor([[1, 7]])).toArray(); // => [[0.2, 1.4]]
 */
export const pixelNorm: (x: Tensor, options?: PixelNormOptions) => Tensor = pixelNormBy(fused);

/** {@link pixelNorm} in elementary operations. */
export const plainPixelNorm: typeof pixelNorm = pixelNormBy(plain);

/**
 * {@link pixelNorm} as a layer; it has no parameters.
 *
 * @example
 * new PixelNorm().forward(tensor([[[3, 0], [3, 5]]])).toArray(); // => [[[1, 0], [1, 1.4142135]]]
 */
export class PixelNorm extends ConfiguredModule<PixelNormOptions> {
  static override readonly name: string = "PixelNorm";

  constructor(options: PixelNormOptions = {}) {
    super(options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PixelNorm.forward", none);
    return pixelNorm(x, this.options);
  }
}
