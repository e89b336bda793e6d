import { Tensor } from "@tapegrad/tensor";
import { expectNothing, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { OptionsOf } from "../../module/options-of.ts";
import { normOptions, normRules } from "../affine.ts";
import {
  ChannelNorm,
  type ChannelNormArguments,
  type ChannelNormOptions,
  channelNormTable,
  normalizeChannels,
} from "../channel-norm.ts";
import { checkChannels, checkPositions, positionAxes } from "../channels.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { centredPositions, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "InstanceNorm(features)",
  axes: "every channel of every sample over its positions",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "none, or γ, β of `[features]`",
  state: "none, or running statistics",
  paper: { title: "Ulyanov, Vedaldi and Lempitsky 2016", link: "https://arxiv.org/abs/1607.08022" },
  invariances: centredPositions,
  centred: true,
};

/** Options of {@link instanceNorm}. */
export interface InstanceNormArguments extends ChannelNormArguments {
  /** Counter of training batches, an int32 of no axes; needed when `momentum` is null. */
  readonly numBatchesTracked?: Tensor | undefined;
  /** Weight of the new batch in the running statistics, 0.1 unless given; null averages all batches equally. */
  readonly momentum?: number | null;
}

/** Options of {@link InstanceNorm}. */
export interface InstanceNormOptions extends ChannelNormOptions, Pick<InstanceNormArguments, "momentum"> {
  /** Whether there are γ and β; false unless given. */
  readonly affine?: boolean;
  /** Whether evaluation uses running statistics; false unless given: it then does the same as training. */
  readonly trackRunningStats?: boolean;
}

const momentum = option(ranges.orNull(ranges.unit), 0.1);
const argumentTable: OptionTable<InstanceNormArguments> = {
  ...channelNormTable,
  numBatchesTracked: optional(ranges.instanceOf(Tensor)),
  momentum,
};
const off = option(ranges.flag, false);
const { eps, dtype } = normOptions;
const table: OptionTable<InstanceNormOptions> = {
  eps,
  momentum,
  affine: off,
  trackRunningStats: off,
  dtype,
  ...normRules,
};

const instanceNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: InstanceNormArguments = {}): Tensor => {
    const settled = settleOptions("instanceNorm", options, argumentTable);
    checkPositions("instanceNorm", x);
    const axes = positionAxes(x);
    const plan = { ...settled, runningVariance: "unbiased" } as const;
    return normalizeChannels("instanceNorm", x, axes, plan, standardize, "position");
  };

/**
 * Instance normalization: standardizes every channel of every sample over its positions.
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of one channel of one sample. With
 * running statistics, training also does `running ← (1 − momentum) · running + momentum · batch`, where batch is
 * the average over the samples of their means and unbiased variances, and evaluation normalizes by `running`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy`, in evaluation by running statistics `dx = r · g`.
 *
 * @param x `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one position, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022
 * @example
 * instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 0 }).toArray(); // => [[[-1, 1], [-1, 1]]]
 * new InstanceNorm(2, { eps: 0 }).forward(tensor([[[1, 3], [10, 30]]])).toArray(); // => [[[-1, 1], [-1, 1]]]
 */
export const instanceNorm: (x: Tensor, options?: InstanceNormArguments & OptionsOf<"InstanceNorm">) => Tensor =
  instanceNormBy(fused);

/** {@link instanceNorm} in elementary operations. */
export const plainInstanceNorm: typeof instanceNorm = instanceNormBy(plain);

/**
 * {@link instanceNorm} as a layer. With running statistics and `momentum: null` these are the average of all batches,
 * counted by `numBatchesTracked`; a number leaves the counter at 0. PyTorch takes None for 0, which keeps the first ones.
 */
export class InstanceNorm extends ChannelNorm<InstanceNormOptions> {
  static override readonly name: string = "InstanceNorm";

  constructor(features: number, options: InstanceNormOptions & OptionsOf<"InstanceNorm"> = {}) {
    super(features, options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("InstanceNorm.forward", none);
    checkChannels("instanceNorm", x, this.features);
    const numBatchesTracked = this.momentum === null ? this.numBatchesTracked : undefined;
    return instanceNorm(x, { ...this.given, numBatchesTracked });
  }
}
