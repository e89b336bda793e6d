import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import type { Parameter } from "../../module/parameter.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { affineParameters, type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { affineChannels, checkChannels, checkGroups, grouped } from "../channels.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "GroupNorm(groups, channels)",
  axes: "every sample over groups of channels and all positions",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "γ, β of `[channels]`",
  paper: { title: "Wu and He 2018", link: "https://arxiv.org/abs/1803.08494" },
  invariances: centredRows,
  centred: true,
};

/** Options of {@link groupNorm}. */
export interface GroupNormArguments extends NormArguments {}

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions extends NormOptions {}

const groupNormBy =
  (standardize: Standardize) =>
  (x: Tensor, groups: number, options: GroupNormArguments = {}): Tensor => {
    const { weight, bias, eps } = settleOptions("groupNorm", options, normArguments);
    const channels = checkChannels("groupNorm", x, (weight ?? bias)?.size);
    checkVectors("groupNorm", [channels], { weight, bias });
    const [normalized] = standardize(grouped("groupNorm", x, groups), { axes: [2], eps, center: true });
    return affineChannels(normalized.reshape(x.shape), weight, bias);
  };

/**
 * Group normalization: standardizes every sample over each of `groups` runs of neighbouring channels and all
 * their positions, in training and evaluation alike.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of the group, γ and β per channel.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 * One group is LayerNorm over all but the batch (apart from the shape of γ), one per channel is InstanceNorm.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @param groups number of groups, a divisor of C
 * @throws {ShapeError} when the channels do not fit, or for a single sample of one value per group
 * @see Wu and He 2018, https://arxiv.org/abs/1803.08494
 * @example
 * groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 0 }).toArray(); // => [[-1, 1, -1, 1]]
 * new GroupNorm(2, 4, { eps: 0 }).forward(tensor([[1, 3, 10, 30]])).toArray(); // => [[-1, 1, -1, 1]]
 */
export const groupNorm: (x: Tensor, groups: number, options?: GroupNormArguments & OptionsOf<"GroupNorm">) => Tensor =
  groupNormBy(fused);

/** {@link groupNorm} in elementary operations. */
export const plainGroupNorm: typeof groupNorm = groupNormBy(plain);

/** {@link groupNorm} as a layer with γ and β per channel. */
export class GroupNorm extends ConfiguredModule<GroupNormOptions> {
  static override readonly name: string = "GroupNorm";
  /** How many groups the channels are divided into. */
  readonly groups: number;
  /** Channels of the input. */
  readonly channels: number;
  /** γ, `[channels]` */
  weight: Parameter | undefined;
  /** β, `[channels]` */
  bias: Parameter | undefined;

  constructor(groups: number, channels: number, options: GroupNormOptions & OptionsOf<"GroupNorm"> = {}) {
    super(options, normOptions, [groups, channels]);
    expectValue(new.target.name, "channels", channels, ranges.extent);
    checkGroups(new.target.name, groups, channels);
    this.groups = groups;
    this.channels = channels;
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, [channels], this.options));
  }

  /** Added to the variance inside the root, in units of x²; it may be set. */
  get eps(): number {
    return this.options.eps;
  }

  set eps(eps: number) {
    this.setOption("eps", eps);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GroupNorm.forward", none);
    checkChannels("groupNorm", x, this.channels);
    return groupNorm(x, this.groups, { weight: this.weight, bias: this.bias, eps: this.eps });
  }
}
