import { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { OptionsOf } from "../../module/options-of.ts";
import { normOptions, normRules } from "../affine.ts";
import { channelAxes, checkChannels } from "../channels.ts";
import {
  ChannelNorm,
  type ChannelNormArguments,
  type ChannelNormOptions,
  channelNormTable,
  normalizeChannels,
} from "../channel-norm.ts";
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

/** Options of {@link batchNorm}. */
export interface BatchNormArguments extends ChannelNormArguments {
  /** Counter of training batches, an int32 of no axes; needed when `momentum` is null. */
  readonly numBatchesTracked?: Tensor | undefined;
  /** Weight of the new batch in the running statistics, 0.1 unless given; null averages all batches equally. */
  readonly momentum?: number | null;
  /** Whether the running variance divides by n − 1, as in PyTorch and unless given, or by n, as in Keras. */
  readonly runningVariance?: "unbiased" | "biased";
}

/** Options of {@link BatchNorm}. */
export interface BatchNormOptions extends ChannelNormOptions, Pick<BatchNormArguments, "momentum" | "runningVariance"> {
  /** Whether evaluation uses running statistics; true unless given, otherwise those of its batch. */
  readonly trackRunningStats?: boolean;
}

const { eps, affine, dtype } = normOptions;
const momentum = option(ranges.orNull(ranges.unit), 0.1, { shown: true });
const runningVariance = option(ranges.oneOf("unbiased", "biased"), "unbiased");
/** Options of {@link batchNorm}, row by row. */
export const batchNormArguments: OptionTable<BatchNormArguments> = {
  ...channelNormTable,
  numBatchesTracked: optional(ranges.instanceOf(Tensor)),
  momentum,
  runningVariance,
};
/** Options of {@link BatchNorm}, row by row. */
export const batchNormTable: OptionTable<BatchNormOptions> = {
  eps,
  momentum,
  affine,
  trackRunningStats: option(ranges.flag, true),
  runningVariance,
  dtype,
  ...normRules,
};

const batchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: BatchNormArguments = {}): Tensor => {
    const settled = settleOptions("batchNorm", options, batchNormArguments);
    expectTensor("batchNorm", "x", x);
    return normalizeChannels("batchNorm", x, channelAxes(x), settled, standardize, "value per channel");
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
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 * @example
 * batchNorm(tensor([[1, 5], [3, 9]]), { eps: 0 }).toArray(); // => [[-1, -1], [1, 1]]
 */
export const batchNorm: (x: Tensor, options?: BatchNormArguments & OptionsOf<"BatchNorm">) => Tensor =
  batchNormBy(fused);

/** {@link batchNorm} in elementary operations. */
export const plainBatchNorm: typeof batchNorm = batchNormBy(plain);

/**
 * {@link batchNorm} as a layer with γ, β and running statistics. A bias in the layer before has no effect, since the mean
 * is subtracted. `norms.inspectStatistics` tells when the running statistics are of no use.
 *
 * @example
 * const norm = new BatchNorm(2, { eps: 0 });
 * norm.forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, -1], [1, 1]]
 * norm.runningVar.toArray(); // => [1.1, 1.7]
 */
export class BatchNorm extends ChannelNorm<BatchNormOptions> {
  static override readonly name: string = "BatchNorm";

  constructor(features: number, options: BatchNormOptions & OptionsOf<"BatchNorm"> = {}) {
    super(features, options, batchNormTable);
  }

  /** Whether the running variance divides by n − 1 or by n. */
  get runningVariance(): "unbiased" | "biased" {
    return this.options.runningVariance;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("BatchNorm.forward", none);
    checkChannels("batchNorm", x, this.features);
    return batchNorm(x, { ...this.given, runningVariance: this.runningVariance });
  }
}
