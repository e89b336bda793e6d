import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { normOptions, normRules } from "../affine.ts";
import { ChannelNorm, normalizeChannels } from "../channel-norm.ts";
import { channelAxes, checkChannels, perChannel } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import type { RunningStatistics, StandardizedBatch } from "../running-statistics.ts";
import { fused } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyArguments,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "BatchRenorm(features)",
  axes: "every channel over the batch and all positions, drawn towards the running statistics",
  formula: "y = γ · ((x − μ) / √(σ² + ε) · r + d) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance",
  paper: { title: "Ioffe 2017", link: "https://arxiv.org/abs/1702.03275" },
  invariances: [],
  gradientInvariances: batches,
  centred: false,
  evaluation: "by its state",
  held: true,
};

/** How far {@link batchRenorm} follows the running statistics. */
export interface RenormLimits {
  /** Largest r, and the inverse of the smallest; 3 unless given. With 1, and `dMax` 0, it is BatchNorm. */
  readonly rMax?: number;
  /** Largest magnitude of d; 5 unless given. */
  readonly dMax?: number;
}

/** Options of {@link batchRenorm}. */
export interface BatchRenormArguments extends BatchFamilyArguments, RenormLimits {}

/** Options of {@link BatchRenorm}. */
export interface BatchRenormOptions extends Omit<BatchFamilyOptions, "trackRunningStats">, RenormLimits {}

const limits: OptionTable<RenormLimits> = {
  rMax: option(ranges.atLeast(1), 3, { shown: true }),
  dMax: option(ranges.nonNegative, 5, { shown: true }),
};
const argumentTable: OptionTable<BatchRenormArguments> = { ...batchFamilyArguments, ...limits };
const { eps, momentum, runningVariance } = batchFamilyTable;
const { affine, dtype } = normOptions;
const table: OptionTable<BatchRenormOptions> = {
  eps,
  momentum,
  ...limits,
  affine,
  runningVariance,
  dtype,
  ...normRules,
};

/** `x̂ · r + d`, with r and d constants for the gradient. */
function renormalize(
  { x, normalized, rstd, axes }: StandardizedBatch,
  { runningMean, runningVar }: RunningStatistics,
  { rMax, dMax, eps }: Required<RenormLimits> & { readonly eps: number },
): Tensor {
  const scale = perChannel(runningVar.add(eps).rsqrt(), x.ndim);
  const mean = x.detach().mean({ axis: axes, keepDims: true });
  const r = scale.div(rstd.detach()).clamp(1 / rMax, rMax);
  const d = mean.sub(perChannel(runningMean, x.ndim)).mul(scale).clamp(-dMax, dMax);
  return normalized.mul(r).add(d);
}

/**
 * Batch renormalization: batch normalization that gives in training what it gives in evaluation, as far as its limits
 * allow, so that small batches and batches of similar samples train well.
 *
 * `y = γ · ((x − μ) / √(σ² + ε) · r + d) + β` in training, with the statistics μ and σ² of the batch and, of the running
 * ones before this batch enters them, `r = clamp(√(σ² + ε) / √(running variance + ε), 1/rMax, rMax)` and
 * `d = clamp((μ − running mean) / √(running variance + ε), −dMax, dMax)`. Both are constants for the gradient. Evaluation
 * and the running statistics are those of `batchNorm`: the paper averages the deviation, this its square, so that
 * a state of the one is a state of the other. The paper trains with rMax 1 and dMax 0 at first, and reaches 3 and 5 later.
 * Backward in training: `dx = 1/√(σ² + ε) · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = r·γ·dy`.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when there are no running statistics
 * @see Ioffe 2017, https://arxiv.org/abs/1702.03275
 * @example
 * const norm = new BatchRenorm(1, { eps: 0 });
 * norm.forward(tensor([[1], [3]])).toArray(); // => [[1], [3]]
 * norm.rMax = 1;
 * norm.dMax = 0;
 * norm.forward(tensor([[1], [3]])).toArray(); // => [[-1], [1]]
 */
export function batchRenorm(x: Tensor, options: BatchRenormArguments = {}): Tensor {
  const fn = "batchRenorm";
  const settled = settleOptions(fn, options, argumentTable);
  expectTensor(fn, "x", x);
  const correct = (batch: StandardizedBatch, running: RunningStatistics | undefined): Tensor => {
    if (running === undefined) throw new ValueError(`${fn}: expected runningMean and runningVar, got none.`);
    return renormalize(batch, running, settled);
  };
  return normalizeChannels(fn, x, channelAxes(x), { ...settled, correct }, fused, "value per channel");
}

/** {@link batchRenorm} as a layer with γ, β and running statistics. The limits may be set while it trains. */
export class BatchRenorm extends ChannelNorm<BatchRenormOptions> {
  static override readonly name: string = "BatchRenorm";

  constructor(features: number, options: BatchRenormOptions = {}) {
    super(features, options, table);
  }

  /** Largest r; it may be set. */
  get rMax(): number {
    return this.options.rMax;
  }

  set rMax(rMax: number) {
    this.setOption("rMax", rMax);
  }

  /** Largest magnitude of d; it may be set. */
  get dMax(): number {
    return this.options.dMax;
  }

  set dMax(dMax: number) {
    this.setOption("dMax", dMax);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("BatchRenorm.forward", none);
    checkChannels("batchRenorm", x, this.features);
    const { runningVariance, rMax, dMax } = this.options;
    return batchRenorm(x, { ...this.given, runningVariance, rMax, dMax });
  }
}
