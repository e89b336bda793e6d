import { type Shape, Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectOptionalTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type MaskOption, maskRow } from "../../module/expect-mask.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { normOptions, normRules } from "../affine.ts";
import { type ChannelAxes, channelAxesRow, channelsAt } from "../channel-axes.ts";
import {
  ChannelNorm,
  type ChannelNormArguments,
  type ChannelNormOptions,
  channelNormTable,
  normalizeChannels,
} from "../channel-norm.ts";
import { otherAxes } from "../channels.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "BatchNorm(features)",
  axes: "every channel over the batch and all positions",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance",
  paper: { title: "Ioffe and Szegedy 2015", link: "https://arxiv.org/abs/1502.03167" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Options that the functions like {@link batchNorm} share. */
export interface BatchFamilyArguments extends ChannelNormArguments {
  /** Counter of training batches, an int32 of no axes; needed when `momentum` is null. */
  readonly numBatchesTracked?: Tensor | undefined;
  /** Weight of the new batch in the running statistics, 0.1 unless given; null averages all batches equally. */
  readonly momentum?: number | null;
  /** Whether the running variance divides by n − 1, as in PyTorch and unless given, or by n, as in Keras. */
  readonly runningVariance?: "unbiased" | "biased";
}

/** Options of {@link batchNorm}. */
export interface BatchNormArguments extends BatchFamilyArguments, ChannelAxes, MaskOption {}

/** Options that the layers like {@link BatchNorm} share. */
export interface BatchFamilyOptions
  extends ChannelNormOptions, Pick<BatchFamilyArguments, "momentum" | "runningVariance"> {
  /** Whether evaluation uses running statistics; true unless given, otherwise those of its batch. */
  readonly trackRunningStats?: boolean;
}

/** Options of {@link BatchNorm}. */
export interface BatchNormOptions extends BatchFamilyOptions, ChannelAxes {}

const { eps, affine, dtype } = normOptions;
const momentum = option(ranges.orNull(ranges.unit), 0.1, { shown: true });
const runningVariance = option(ranges.oneOf("unbiased", "biased"), "unbiased");
/** {@link BatchFamilyArguments}, row by row. */
export const batchFamilyArguments: OptionTable<BatchFamilyArguments> = {
  ...channelNormTable,
  numBatchesTracked: optional(ranges.instanceOf(Tensor)),
  momentum,
  runningVariance,
};
/** {@link BatchFamilyOptions}, row by row. */
export const batchFamilyTable: OptionTable<BatchFamilyOptions> = {
  eps,
  momentum,
  affine,
  trackRunningStats: option(ranges.flag, true),
  runningVariance,
  dtype,
  ...normRules,
};
const argumentTable: OptionTable<BatchNormArguments> = { ...batchFamilyArguments, ...channelAxesRow, ...maskRow };
/** Options of {@link BatchNorm}, row by row. */
export const batchNormTable: OptionTable<BatchNormOptions> = { ...batchFamilyTable, ...channelAxesRow };

const batchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: BatchNormArguments = {}): Tensor => {
    const settled = settleOptions("batchNorm", options, argumentTable);
    const { axes } = channelsAt("batchNorm", x, settled.axis, undefined);
    return normalizeChannels("batchNorm", x, otherAxes(x, axes), settled, standardize, "value per channel");
  };

/**
 * Batch normalization: standardizes every channel over the batch and all positions in training, and by the
 * running statistics in evaluation.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`. In training μ and σ² are those of the batch, σ² biased, and
 * `running ← (1 − momentum) · running + momentum · batch` with the unbiased variance, outside the tape.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)`, in evaluation `dx = r · g`, with `g = γ·dy`.
 * An empty batch gives an empty result and leaves the running statistics alone.
 *
 * With a mask μ, σ² and the running statistics are those of the values at which it is true; all are normalized, and the
 * gradient of those that do not count is `r · g`. Where nothing counts x̂ is 0, and the running statistics stay; their
 * average over all batches has this one among them for every channel, unless nothing in it counts at all.
 *
 * @param x `[N, C, ...]`, or with its channels along `axis`; integers become float32, statistics are computed in float64
 * @param options `mask` is bool, `[N, ...]` without the channels, or with the axes of `x`, each of its extent or 1
 * @throws {ShapeError} when training on one value per channel, or when the channels or the mask do not fit
 * @throws {DTypeError} for a mask that is not bool
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 * @example
 * batchNorm(tensor([[1, 5], [3, 9]]), { eps: 0 }).toArray(); // => [[-1, -1], [1, 1]]
 * batchNorm(tensor([[1], [3], [7]]), { eps: 0, mask: tensor([true, true, false]) }).toArray(); // => [[-1], [1], [5]]
 */
export const batchNorm: (x: Tensor, options?: BatchNormArguments & OptionsOf<"BatchNorm">) => Tensor =
  batchNormBy(fused);

/** {@link batchNorm} in elementary operations. */
export const plainBatchNorm: typeof batchNorm = batchNormBy(plain);

/**
 * {@link batchNorm} as a layer with γ, β and running statistics; the mask comes with the input. A bias in the layer before has
 * no effect, since the mean is subtracted. `norms.inspectStatistics` tells when the running statistics are of no use.
 *
 * @example
 * const norm = new BatchNorm(2, { eps: 0 });
 * norm.forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, -1], [1, 1]]
 * norm.runningVar.toArray(); // => [1.1, 1.7]
 * new BatchNorm(8, { axis: -1 }).forward(randn([4, 6, 6, 8])).shape; // => [4, 6, 6, 8]
 * new BatchNorm([6, 8], { axis: [1, 3] }).weight.shape; // => [6, 8]
 */
export class BatchNorm extends ChannelNorm<BatchNormOptions, [x: Tensor, mask?: Tensor | undefined]> {
  static override readonly name: string = "BatchNorm";

  /** @param features channels, or a list of the extents of their axes if `axis` is a list */
  constructor(features: number | Shape, options: BatchNormOptions & OptionsOf<"BatchNorm"> = {}) {
    super(features, options, batchNormTable);
  }

  /** Whether the running variance divides by n − 1 or by n. */
  get runningVariance(): "unbiased" | "biased" {
    return this.options.runningVariance;
  }

  /**
   * @param x `[N, features, ...]`, or with its channels along `axis`
   * @param mask which values count, bool: `[N, ...]` without the channels, or with the axes of `x`; all unless given
   */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("BatchNorm.forward", none);
    expectOptionalTensor("BatchNorm.forward", "mask", mask);
    const { axis } = this.options;
    channelsAt("batchNorm", x, axis, this.extents);
    return batchNorm(x, { ...this.given, runningVariance: this.runningVariance, axis, mask });
  }
}
