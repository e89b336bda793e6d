import { assign, Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVector } from "../../module/check-vector.ts";
import { ChannelNorm, normalizeChannels } from "../channel-norm.ts";
import { channelAxes, checkChannels } from "../channels.ts";
import { channelMoments, combineMoments, type Moments, momentsInRows, rowsOf } from "../moments.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import type { RunningStatistics, StandardizedBatch, UpdateRule } from "../running-statistics.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "AccumulatedBatchNorm(features, parts)",
  axes: "every channel over the part of a batch that comes in one call, and all positions",
  formula: "y = γ · (x − μ_p) / √(σ_p² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance, and the moments of the batch so far",
  paper: { title: "Chan, Golub and LeVeque 1983", link: "https://doi.org/10.1080/00031305.1983.10483115" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link accumulatedBatchNorm}. */
export interface AccumulatedBatchNormArguments extends BatchFamilyArguments {
  /** Count, mean and `Σ (x − μ)²` of the batch so far, float64 `[3, C]`: assigned to in training; needed with running statistics. */
  readonly gathered?: Tensor | undefined;
  /** Number of parts that were gathered, an int32 of no axes; needed with running statistics. */
  readonly partsGathered?: Tensor | undefined;
}

/** Options of {@link AccumulatedBatchNorm}. */
export interface AccumulatedBatchNormOptions extends Omit<BatchFamilyOptions, "trackRunningStats"> {}

const tensor = optional(ranges.instanceOf(Tensor));
const argumentTable: OptionTable<AccumulatedBatchNormArguments> = {
  ...batchFamilyArguments,
  gathered: tensor,
  partsGathered: tensor,
};
const { trackRunningStats: _, ...table } = batchFamilyTable;

/** The batch so far. */
interface Gathered {
  readonly gathered: Tensor;
  readonly partsGathered: Tensor;
}

/** Where `complete`, the moments enter the running statistics, and the next batch begins; else they are kept. */
function keep(
  running: RunningStatistics,
  { gathered, partsGathered }: Gathered,
  { count, mean, m2 }: Moments,
  parts: Tensor,
  complete: Tensor,
  { momentum, runningVariance }: UpdateRule,
): void {
  const { runningMean, runningVar, numBatchesTracked } = running;
  const tracked = numBatchesTracked?.add(complete.to("int32"));
  // Where no batch is complete yet, there are 1 / 0 in what is then not taken.
  const weight = momentum ?? (tracked as Tensor).to("float64").reciprocal();
  const enter = (all: Tensor, batch: Tensor): void => {
    const step = batch.sub(all).mul(weight).to(all.dtype);
    assign(all, where(complete, all.add(step), all));
  };
  enter(runningMean, mean);
  enter(runningVar, m2.div(runningVariance === "unbiased" ? count.sub(1) : count));
  assign(gathered, where(complete, 0, rowsOf({ count, mean, m2 }).to(gathered.dtype)));
  assign(partsGathered, where(complete, 0, parts).to(partsGathered.dtype));
  if (numBatchesTracked !== undefined && tracked !== undefined) assign(numBatchesTracked, tracked);
}

const accumulatedBatchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, parts: number, options: AccumulatedBatchNormArguments = {}): Tensor => {
    const fn = "accumulatedBatchNorm";
    const { gathered, partsGathered, ...settled } = settleOptions(fn, options, argumentTable);
    expectValue(fn, "parts", parts, ranges.count);
    expectTensor(fn, "x", x);
    const follow = (running: RunningStatistics, batch: StandardizedBatch, rule: UpdateRule): void =>
      withGradMode(false, () => {
        const state = gathering(fn, { gathered, partsGathered }, x.shape[1]!);
        const all = combineMoments([momentsInRows(state.gathered), channelMoments(batch.x)]);
        const seen = state.partsGathered.add(1);
        keep(running, state, all, seen, seen.ge(parts), rule);
      });
    return normalizeChannels(fn, x, channelAxes(x), { ...settled, follow }, standardize, "value per channel");
  };

/** Throws unless both are given, and fit. */
function gathering(
  fn: string,
  { gathered, partsGathered }: Pick<AccumulatedBatchNormArguments, keyof Gathered>,
  channels: number,
): Gathered {
  if (gathered === undefined || partsGathered === undefined) {
    throw new ValueError(`${fn}: expected gathered and partsGathered with running statistics, got none.`);
  }
  checkVector(fn, "gathered", gathered, [3, channels]);
  checkVector(fn, "partsGathered", partsGathered, []);
  return { gathered, partsGathered };
}

/**
 * Batch normalization of batches that come in parts, as in the accumulation of gradients: the running statistics are those
 * of whole batches.
 *
 * `y = γ · (x − μ_p) / √(σ_p² + ε) + β`, in training by the statistics of the part p alone: a call cannot know the parts that
 * are yet to come. Count, mean and squared deviations of the parts are combined, and after `parts` calls they enter the
 * running statistics once, exactly as `batchNorm` of the whole batch would have it. Evaluation is that of `batchNorm`.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` over the part, in evaluation `dx = r · g`, with `g = γ·dy`: gradients are
 * those of a ghost batch. Those of the whole batch depend on the losses of all parts, and take
 * all parts on one tape: `normalizeByMoments`.
 *
 * @param x `[N, C, ...]`, a part; integers become float32, statistics are computed in float64
 * @param parts how many parts a batch has
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics, or these without what is gathered
 * @see Chan, Golub and LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115
 * @example
 * accumulatedBatchNorm(tensor([[1, 5], [3, 9]]), 2, { eps: 0 }).toArray(); // => [[-1, -1], [1, 1]]
 */
export const accumulatedBatchNorm: (x: Tensor, parts: number, options?: AccumulatedBatchNormArguments) => Tensor =
  accumulatedBatchNormBy(fused);

/** {@link accumulatedBatchNorm} in elementary operations. */
export const plainAccumulatedBatchNorm: typeof accumulatedBatchNorm = accumulatedBatchNormBy(plain);

/**
 * {@link accumulatedBatchNorm} as a layer with γ, β, running statistics and the moments of the batch so far;
 * `numBatchesTracked` counts whole batches.
 *
 * @example
 * const norm = new AccumulatedBatchNorm(1, 2, { momentum: 1 });
 * norm.forward(tensor([[1], [3]]));
 * norm.runningMean.toArray(); // => [0]
 * norm.forward(tensor([[7], [9]]));
 * norm.runningMean.toArray(); // => [5]
 */
export class AccumulatedBatchNorm extends ChannelNorm<AccumulatedBatchNormOptions> {
  static override readonly name: string = "AccumulatedBatchNorm";
  /** How many parts a batch has. */
  readonly parts: number;
  /** Count, mean and `Σ (x − μ)²` of the batch so far, float64 `[3, features]` */
  readonly gathered: Buffer;
  /** Number of its parts so far, an int32 of no axes. */
  readonly partsGathered: Buffer;

  /** @param parts how many parts a batch has */
  constructor(features: number, parts: number, options: AccumulatedBatchNormOptions = {}) {
    super(features, options, table, [parts]);
    expectValue(new.target.name, "parts", parts, ranges.count);
    this.parts = parts;
    this.gathered = new Buffer(zeros([3, features], { dtype: "float64" }));
    this.partsGathered = new Buffer(zeros([], { dtype: "int32" }));
  }

  /** Takes what has come so far for a batch, where the last has fewer parts; without any nothing happens. */
  endBatch(...none: []): void {
    expectNothing("AccumulatedBatchNorm.endBatch", none);
    withGradMode(false, () => {
      const running = this.given as RunningStatistics;
      const moments = momentsInRows(this.gathered);
      keep(running, this, moments, this.partsGathered, this.partsGathered.ge(1), this.options);
    });
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("AccumulatedBatchNorm.forward", none);
    checkChannels("accumulatedBatchNorm", x, this.features);
    const { gathered, partsGathered } = this;
    const { runningVariance } = this.options;
    return accumulatedBatchNorm(x, this.parts, { ...this.given, runningVariance, gathered, partsGathered });
  }
}
