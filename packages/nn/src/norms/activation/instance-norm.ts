import { type Shape, ShapeError, Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectOptionalTensor,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type MaskOption, maskRow } from "../../module/expect-mask.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { normOptions, normRules } from "../affine.ts";
import {
  ChannelNorm,
  type ChannelNormArguments,
  type ChannelNormOptions,
  channelNormTable,
  normalizeChannels,
} from "../channel-norm.ts";
import { channelAxisOf, channelsOfSamples, type SampleAxes, sampleAxesRows } from "../channel-axes.ts";
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
export interface InstanceNormArguments extends ChannelNormArguments, SampleAxes, MaskOption {
  /** Counter of training batches, an int32 of no axes; needed when `momentum` is null. */
  readonly numBatchesTracked?: Tensor | undefined;
  /** Weight of the new batch in the running statistics, 0.1 unless given; null averages all batches equally. */
  readonly momentum?: number | null;
}

/** Options of {@link InstanceNorm}. */
export interface InstanceNormOptions extends ChannelNormOptions, SampleAxes, Pick<InstanceNormArguments, "momentum"> {
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
  ...sampleAxesRows,
  ...maskRow,
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
  ...sampleAxesRows,
};

const instanceNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: InstanceNormArguments = {}): Tensor => {
    const settled = settleOptions("instanceNorm", options, argumentTable);
    const { positions } = channelsOfSamples("instanceNorm", x, settled, undefined);
    if (positions.length === 0) {
      const wanted = settled.batched ? "[N, C, ...positions]" : "[C, ...positions]";
      throw new ShapeError(`instanceNorm: expected input of shape ${wanted}, got ${formatShape(x.shape)}.`);
    }
    const plan = { ...settled, runningVariance: "unbiased", axis: channelAxisOf(settled) } as const;
    return normalizeChannels("instanceNorm", x, positions, plan, standardize, "position");
  };

/**
 * Instance normalization: standardizes every channel of every sample over its positions.
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of one channel of one sample. With
 * running statistics, training also does `running ← (1 − momentum) · running + momentum · batch`, where batch is
 * the average over the samples of their means and unbiased variances, and evaluation normalizes by `running`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy`, in evaluation by running statistics `dx = r · g`.
 * With a mask the statistics are those of the values at which it is true; all are normalized, where nothing counts to 0.
 *
 * @param x `[N, C, ...positions]`, or with its channels along `axis`, or `[C, ...positions]` with `batched: false`; integers
 * become float32, statistics are computed in float64
 * @param options `mask` is bool, `[N, ...positions]`, or with the axes of `x`, each of its extent or 1
 * @throws {ShapeError} when training on one position, or when the channels or the mask do not fit
 * @throws {DTypeError} for a mask that is not bool
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022
 * @example
 * instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 0 }).toArray(); // => [[[-1, 1], [-1, 1]]]
 * new InstanceNorm(2, { eps: 0 }).forward(tensor([[[1, 3], [10, 30]]])).toArray(); // => [[[-1, 1], [-1, 1]]]
 * new InstanceNorm(8, { axis: -1 }).forward(randn([2, 6, 6, 8])).shape; // => [2, 6, 6, 8]
 */
export const instanceNorm: (x: Tensor, options?: InstanceNormArguments & OptionsOf<"InstanceNorm">) => Tensor =
  instanceNormBy(fused);

/** {@link instanceNorm} in elementary operations. */
export const plainInstanceNorm: typeof instanceNorm = instanceNormBy(plain);

/**
 * {@link instanceNorm} as a layer; the mask comes with the input. With running statistics and `momentum: null` these are
 * the average of all batches, counted by `numBatchesTracked`; a number leaves the counter at 0. PyTorch takes None for 0,
 * which keeps the first ones.
 */
export class InstanceNorm extends ChannelNorm<InstanceNormOptions, [x: Tensor, mask?: Tensor | undefined]> {
  static override readonly name: string = "InstanceNorm";

  /** @param features channels, or a list of the extents of their axes if `axis` is a list */
  constructor(features: number | Shape, options: InstanceNormOptions & OptionsOf<"InstanceNorm"> = {}) {
    super(features, options, table);
  }

  /**
   * @param x `[N, features, ...positions]`, or as `axis` and `batched` say
   * @param mask which values count, bool: `[N, ...positions]`, or with the axes of `x`; all unless given
   */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("InstanceNorm.forward", none);
    expectOptionalTensor("InstanceNorm.forward", "mask", mask);
    const { axis, batched } = this.options;
    channelsOfSamples("instanceNorm", x, { axis, batched }, this.extents);
    const numBatchesTracked = this.momentum === null ? this.numBatchesTracked : undefined;
    return instanceNorm(x, { ...this.given, numBatchesTracked, axis, batched, mask });
  }
}
