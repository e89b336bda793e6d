import { cat, split, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { ChannelNorm, countOver, normalizeChannels } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "GhostBatchNorm(features, size)",
  axes: "every channel over a few samples of the batch and all positions",
  formula: "y = γ · (x − μ_g) / √(σ_g² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance",
  paper: { title: "Hoffer, Hubara and Soudry 2017", link: "https://arxiv.org/abs/1705.08741" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

const ghostBatchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, size: number, options: BatchFamilyArguments = {}): Tensor => {
    const fn = "ghostBatchNorm";
    const { weight, bias, ...settled } = settleOptions(fn, options, batchFamilyArguments);
    expectValue(fn, "size", size, ranges.count);
    const channels = checkChannels(fn, x, (weight ?? bias)?.size);
    checkVectors(fn, [channels], { weight, bias });
    const training = settled.training ?? settled.runningMean === undefined;
    const ghosts = training && x.shape[0]! > size ? split(x, size) : [x];
    // The last may be too small: before any of them enters the running statistics.
    for (const ghost of ghosts) countOver(fn, ghost, channelAxes(ghost), "value per channel", training);
    const normalized = ghosts.map((ghost) =>
      normalizeChannels(fn, ghost, channelAxes(ghost), settled, standardize, "value per channel"),
    );
    return affineChannels(normalized.length === 1 ? normalized[0]! : cat(normalized), weight, bias);
  };

/**
 * Ghost batch normalization: `batchNorm` of every `size` samples of a batch by themselves, so that a large batch is
 * normalized as noisily as small ones.
 *
 * `y = γ · (x − μ_g) / √(σ_g² + ε) + β`, in training by the statistics of the ghost batch g. These enter the running
 * ones one after the other, as if they had come in calls of their own, and evaluation is that of `batchNorm`.
 * Over several calls, as in the accumulation of gradients, each call is a ghost batch by itself.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` over each ghost batch, in evaluation `dx = r · g`, with `g = γ·dy`.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @param size samples of a ghost batch; the last one has what is left
 * @throws {ShapeError} when training on one value per channel of a ghost batch, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Hoffer, Hubara and Soudry 2017, https://arxiv.org/abs/1705.08741
 * @example
 * ghostBatchNorm(tensor([[1], [3], [10], [50]]), 2, { eps: 0 }).toArray(); // => [[-1], [1], [-1], [1]]
 */
export const ghostBatchNorm: (x: Tensor, size: number, options?: BatchFamilyArguments) => Tensor =
  ghostBatchNormBy(fused);

/** {@link ghostBatchNorm} in elementary operations. */
export const plainGhostBatchNorm: typeof ghostBatchNorm = ghostBatchNormBy(plain);

/**
 * {@link ghostBatchNorm} as a layer with γ, β and running statistics; `numBatchesTracked` counts ghost batches.
 *
 * @example
 * const norm = new GhostBatchNorm(4, 8);
 * norm.forward(randn([32, 4])).shape; // => [32, 4]
 * norm.numBatchesTracked.item(); // => 4
 */
export class GhostBatchNorm extends ChannelNorm<BatchFamilyOptions> {
  static override readonly name: string = "GhostBatchNorm";
  /** Samples of a ghost batch. */
  readonly size: number;

  /** @param size samples of a ghost batch */
  constructor(features: number, size: number, options: BatchFamilyOptions = {}) {
    super(features, options, batchFamilyTable, [size]);
    expectValue(new.target.name, "size", size, ranges.count);
    this.size = size;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GhostBatchNorm.forward", none);
    checkChannels("ghostBatchNorm", x, this.features);
    return ghostBatchNorm(x, this.size, { ...this.given, runningVariance: this.options.runningVariance });
  }
}
