import { type FloatDType, type Tensor, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { type NormRules, normOptions, normRules, ruledParameter } from "../affine.ts";
import { checkChannels, checkPositions, perChannel, positionAxes } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "GlobalResponseNorm(features)",
  axes: "every channel of every sample by its length over the positions, next to the lengths of the other channels",
  formula: "y = γ · x · ‖x_c‖ / (⟨‖x_c‖⟩ + ε) + β + x",
  parameters: "γ, β of `[features]`",
  paper: { title: "Woo et al. 2023", link: "https://arxiv.org/abs/2301.00808" },
  invariances: [],
  centred: false,
};

/** Options of {@link globalResponseNorm}. */
export interface GlobalResponseNormArguments {
  /** Added to the mean length, in units of x; 1e-6 unless given. */
  readonly eps?: number;
}

/** Options of {@link GlobalResponseNorm}. */
export interface GlobalResponseNormOptions extends GlobalResponseNormArguments, NormRules {
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

const argumentTable: OptionTable<GlobalResponseNormArguments> = { eps: option(ranges.nonNegative, 1e-6) };
const table: OptionTable<GlobalResponseNormOptions> = { ...argumentTable, dtype: normOptions.dtype, ...normRules };

/**
 * Global response normalization (GRN): makes channels of a sample compete, by the length that each has over all positions.
 *
 * `y = γ · x · ‖x_c‖ / (⟨‖x_c‖⟩ + ε) + β + x`, with the length of a channel over the positions, and its mean over the channels.
 * Backward with `G = ‖x_c‖`, `M = ⟨G⟩ + ε` and `s = Σ γ·dy·x` over the positions: `dx = dy · (1 + γ·G/M) + x/G · (s/M − ⟨s·G⟩/M²)`; of a
 * channel of zeros dx is dy. `dγ = Σ dy·x·G/M`, `dβ = Σ dy`.
 *
 * @param x `[N, C, ...positions]`; integers become float32, lengths are computed in float64
 * @param weight γ, `[C]`
 * @param bias β, `[C]`
 * @throws {ShapeError} for fewer than three axes, and when γ or β do not fit
 * @see Woo et al. 2023, https://arxiv.org/abs/2301.00808
 * @example
 * globalResponseNorm(tensor([[[3, 4], [0, 15]]]), ones([2]), zeros([2]), { eps: 0 }).toArray(); // => [[[4.5, 6], [0, 37.5]]]
 */
export function globalResponseNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  options: GlobalResponseNormArguments = {},
): Tensor {
  const fn = "globalResponseNorm";
  const { eps } = settleOptions(fn, options, argumentTable);
  checkPositions(fn, x);
  expectTensor(fn, "weight", weight);
  expectTensor(fn, "bias", bias);
  const channels = checkChannels(fn, x, undefined);
  checkVectors(fn, [channels], { weight, bias });
  const values = asFloat(x);
  const lengths = values.norm({ axis: positionAxes(x), keepDims: true }); // [N, C, 1, ...]
  const shares = lengths.div(lengths.mean({ axis: 1, keepDims: true }).add(eps));
  return values.mul(shares.mul(perChannel(weight, x.ndim)).add(1)).add(perChannel(bias, x.ndim));
}

/**
 * {@link globalResponseNorm} as a layer. γ and β begin with zeros: it is the identity at first.
 *
 * @example
 * const norm = new GlobalResponseNorm(2);
 * norm.forward(tensor([[[3, 4], [0, 15]]])).toArray(); // => [[[3, 4], [0, 15]]]
 */
export class GlobalResponseNorm extends ConfiguredModule<GlobalResponseNormOptions> {
  static override readonly name: string = "GlobalResponseNorm";
  /** Channels of the input. */
  readonly features: number;
  /** γ, `[features]` */
  weight: Parameter;
  /** β, `[features]` */
  bias: Parameter;

  constructor(features: number, options: GlobalResponseNormOptions = {}) {
    super(options, table, [features]);
    expectValue(new.target.name, "features", features, ranges.extent);
    const { dtype, ...rules } = this.options;
    this.features = features;
    this.weight = ruledParameter(new.target.name, zeros([features], { dtype }), "gamma", rules);
    this.bias = ruledParameter(new.target.name, zeros([features], { dtype }), "beta", rules);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GlobalResponseNorm.forward", none);
    checkPositions("globalResponseNorm", x);
    checkChannels("globalResponseNorm", x, this.features);
    return globalResponseNorm(x, this.weight, this.bias, { eps: this.options.eps });
  }
}
