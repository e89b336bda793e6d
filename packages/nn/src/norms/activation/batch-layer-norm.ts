import type { Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { ChannelNorm, normalizeChannels } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { fused } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "BatchLayerNorm(features, batchSize)",
  axes: "every channel over the batch and all positions, and every position over its channels: this the more, the smaller the batch",
  formula: "y = γ · ((1/N − ζ) · x̂_F + (1 − 1/N − ζ) · x̂_B) / √C + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance",
  paper: { title: "Ziaee and Çano 2022", link: "https://arxiv.org/abs/2209.08898" },
  invariances: ["scale of the weights", "scale of the data"],
  centred: true,
  evaluation: "by its state",
};

/** What a {@link batchLayerNorm} adds to BatchNorm. */
export interface MixtureOptions {
  /** Added to both variances inside the root, in units of x²; 1e-3 unless given. */
  readonly eps?: number;
  /** ζ, by which both weights are smaller than 1/N and 1 − 1/N; 1e-4 unless given. */
  readonly zeta?: number;
}

/** Options of {@link batchLayerNorm}. */
export interface BatchLayerNormArguments extends BatchFamilyArguments, MixtureOptions {}

/** Options of {@link BatchLayerNorm}. */
export interface BatchLayerNormOptions extends BatchFamilyOptions, MixtureOptions {}

const mixture: OptionTable<MixtureOptions> = {
  eps: option(ranges.nonNegative, 1e-3, { shown: true }),
  zeta: option(ranges.finite, 1e-4),
};
const argumentTable: OptionTable<BatchLayerNormArguments> = { ...batchFamilyArguments, ...mixture };
const table: OptionTable<BatchLayerNormOptions> = { ...batchFamilyTable, ...mixture };

/**
 * Batch layer normalization: a mixture of `batchNorm` and of the norm of every position over its channels, by the size of
 * the batches that the model is trained on.
 *
 * `y = γ · ((1/N − ζ) · x̂_F + (1 − 1/N − ζ) · x̂_B) / √C + β`, where x̂_F is standardized over the channels at each position
 * and x̂_B as `batchNorm` does: by the batch in training, by the running statistics in evaluation. Both weights together are
 * 1 − 2ζ. Backward: `dx = ((1/N − ζ) · dx_F + (1 − 1/N − ζ) · dx_B) / √C`, each as that of its standardization.
 * The authors' code has a mean for each position and channel in x̂_B, averages the statistics of an epoch at its end, and
 * finds by a search which statistics the evaluation uses; here they are those of BatchNorm.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @param batchSize N, that of training: evaluation does not depend on how many samples it is given
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Ziaee and Çano 2022, https://arxiv.org/abs/2209.08898
 * @example
 * batchLayerNorm(tensor([[1, 5], [9, 3]]), 2, { eps: 0, zeta: 0 }).toArray(); // => [[-0.7071, 0.7071], [0.7071, -0.7071]]
 * new BatchLayerNorm(4, 32).forward(randn([32, 4])).shape; // => [32, 4]
 */
export function batchLayerNorm(x: Tensor, batchSize: number, options: BatchLayerNormArguments = {}): Tensor {
  const fn = "batchLayerNorm";
  const { weight, bias, zeta, ...settled } = settleOptions(fn, options, argumentTable);
  expectValue(fn, "batchSize", batchSize, ranges.count);
  const channels = checkChannels(fn, x, (weight ?? bias)?.size);
  checkVectors(fn, [channels], { weight, bias });
  const byBatch = normalizeChannels(fn, x, channelAxes(x), settled, fused, "value per channel");
  const [byChannels] = fused(asFloat(x), { axes: [1], eps: settled.eps, center: true });
  const [share, root] = [1 / batchSize, Math.sqrt(channels)];
  const mixed = byChannels.mul((share - zeta) / root).add(byBatch.mul((1 - share - zeta) / root));
  return affineChannels(mixed, weight, bias);
}

/** {@link batchLayerNorm} as a layer with γ, β and running statistics. */
export class BatchLayerNorm extends ChannelNorm<BatchLayerNormOptions> {
  static override readonly name: string = "BatchLayerNorm";
  /** Samples of a batch in training. */
  readonly batchSize: number;

  /** @param batchSize samples of a batch in training */
  constructor(features: number, batchSize: number, options: BatchLayerNormOptions = {}) {
    super(features, options, table, [batchSize]);
    expectValue(new.target.name, "batchSize", batchSize, ranges.count);
    this.batchSize = batchSize;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("BatchLayerNorm.forward", none);
    checkChannels("batchLayerNorm", x, this.features);
    const { runningVariance, zeta } = this.options;
    return batchLayerNorm(x, this.batchSize, { ...this.given, runningVariance, zeta });
  }
}
