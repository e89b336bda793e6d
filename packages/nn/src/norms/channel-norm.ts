import { ones, type Shape, ShapeError, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { asFloat, formatShape, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { type NormArguments, normArguments, type NormOptions } from "./affine.ts";
import { ChannelLayer } from "./channel-layer.ts";
import { type Axes, channelsAt, extentsOf } from "./channel-axes.ts";
import { affineAlong } from "./channels.ts";
import { alignMask, readable, standardizeBy } from "./masked.ts";
import { checkVectors } from "../module/check-vector.ts";
import {
  normalizeByRunning,
  type RunningStatistics,
  type StandardizedBatch,
  updateRunning,
  type UpdateRule,
} from "./running-statistics.ts";
import type { Standardize } from "./standardized.ts";

/** Options of the functions that standardize channels and may follow their statistics. */
export interface ChannelNormArguments extends NormArguments {
  /** Running mean, of the shape of γ: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Running variance, of the shape of γ: read in evaluation, assigned to in training. */
  readonly runningVar?: Tensor | undefined;
  /** Whether to normalize by the statistics of `x`; true unless there are running ones. */
  readonly training?: boolean | undefined;
}

export const channelNormTable: OptionTable<ChannelNormArguments> = {
  ...normArguments,
  runningMean: optional(ranges.instanceOf(Tensor)),
  runningVar: optional(ranges.instanceOf(Tensor)),
  training: optional(ranges.flag),
};

type Affine = "weight" | "bias";

/** Checked options, with γ and β unless these come later, and how a batch enters the running statistics. */
export interface ChannelNormPlan
  extends Required<Omit<ChannelNormArguments, Affine>>, Pick<ChannelNormArguments, Affine>, UpdateRule {
  readonly numBatchesTracked: Tensor | undefined;
  /** The axis of the channels, or several; 1 unless given. */
  readonly axis?: Axes;
  /** Which values count for the statistics; all unless given. */
  readonly mask?: Tensor | undefined;
  /** How a batch enters the running statistics; {@link updateRunning} unless given. */
  readonly follow?: typeof updateRunning;
  /** What training makes of a batch that was standardized, by the running statistics before they change; x̂ itself unless given. */
  readonly correct?: (batch: StandardizedBatch, running: RunningStatistics | undefined) => Tensor;
}

/**
 * Standardizes the channels of `x` over `axes`, updating the running statistics if there are any, or normalizes by these
 * in evaluation.
 *
 * @param values what a statistic is taken from, of which training needs more than one: "value per channel"
 */
export function normalizeChannels(
  fn: string,
  input: Tensor,
  axes: readonly number[],
  plan: ChannelNormPlan,
  standardize: Standardize,
  values: string,
): Tensor {
  const { weight, bias, runningMean, runningVar, eps, axis = 1 } = plan;
  const { running, training } = settleRunning(fn, plan);
  const channels = channelsAt(fn, input, axis, extentsOf(weight ?? bias ?? runningMean, axis));
  checkVectors(fn, channels.extents, { weight, bias, runningMean, runningVar });
  const count = countOver(fn, input, axes, values, training);
  const mask = plan.mask && alignMask(fn, plan.mask, input, channels.axes);
  const x = asFloat(input);
  const finish = (normalized: Tensor): Tensor => affineAlong(normalized, weight, bias, channels.axes);
  if (!training && running !== undefined) {
    return finish(normalizeByRunning(readable(x, mask), running, eps, channels.axes));
  }
  const [normalized, rstd] = standardizeBy(standardize, mask)(x, { axes, eps, center: true });
  const instances = axes.includes(0) || channels.axes.includes(0) ? 1 : x.shape[0]!;
  const batch = { x, normalized, rstd, axes, count, instances, mask };
  const corrected = plan.correct?.(batch, running) ?? normalized;
  if (running !== undefined && x.size > 0) (plan.follow ?? updateRunning)(running, batch, plan);
  return finish(corrected);
}

/** The running statistics among the options, and whether they are followed or used; throws where some are missing. */
export function settleRunning(
  fn: string,
  plan: ChannelNormPlan,
): { readonly running: RunningStatistics | undefined; readonly training: boolean } {
  const running = runningOf(fn, plan);
  const training = plan.training ?? running === undefined;
  if (!training && running === undefined) {
    throw new ValueError(`${fn}: expected runningMean and runningVar when training is false, got none.`);
  }
  if (training && plan.momentum === null && running !== undefined && running.numBatchesTracked === undefined) {
    throw new ValueError(`${fn}: expected numBatchesTracked when momentum is null, got none.`);
  }
  return { running, training };
}

/** The running statistics among the options; throws when there is only one of them. */
function runningOf(fn: string, options: ChannelNormPlan): RunningStatistics | undefined {
  const { runningMean, runningVar, numBatchesTracked } = options;
  if (runningMean === undefined && runningVar === undefined) return undefined;
  if (runningMean === undefined || runningVar === undefined) {
    throw new ValueError(`${fn}: expected runningMean and runningVar together, got one of them.`);
  }
  return { runningMean, runningVar, numBatchesTracked };
}

/** The number of values of a statistic over `axes`; throws when training on one. */
export function countOver(
  fn: string,
  input: Tensor,
  axes: readonly number[],
  values: string,
  training: boolean,
): number {
  const count = axes.reduce((product, axis) => product * input.shape[axis]!, 1);
  if (training && count === 1) {
    throw new ShapeError(
      `${fn}: expected more than 1 ${values} when training, got input of shape ${formatShape(input.shape)}.`,
    );
  }
  return count;
}

/** Options that the layers with running statistics share. */
export interface ChannelNormOptions extends NormOptions {
  /** Weight of a new batch in the running statistics; null averages all batches equally. */
  readonly momentum?: number | null;
  /** Whether there are running statistics; layers without this option have them. */
  readonly trackRunningStats?: boolean;
}

/** What a layer hands on to its function. */
export interface GivenToChannelNorm
  extends Required<ChannelNormArguments>, Pick<ChannelNormPlan, "numBatchesTracked" | "momentum"> {}

/** γ, β and running statistics of the channels. */
export abstract class ChannelNorm<
  Options extends ChannelNormOptions,
  In extends readonly unknown[] = Tensor[],
> extends ChannelLayer<Options, In> {
  /** Of the shape of γ. */
  readonly runningMean: Buffer | undefined;
  /** Of the shape of γ. */
  readonly runningVar: Buffer | undefined;
  /** Number of training batches so far, an int32 of no axes; InstanceNorm leaves it at 0, as PyTorch does, unless `momentum` is null. */
  readonly numBatchesTracked: Buffer | undefined;

  /**
   * @param others what stands between `features` and the options
   * @param isTracked whether there are running statistics
   */
  constructor(
    features: number | Shape,
    options: Options,
    table: OptionTable<Options>,
    others: readonly number[] = [],
    isTracked: (options: Options) => boolean = ({ trackRunningStats = true }) => trackRunningStats,
  ) {
    super(features, options, table, others);
    const { dtype } = this.options;
    const tracked = isTracked(this.options);
    this.runningMean = tracked ? new Buffer(zeros(this.extents, { dtype })) : undefined;
    this.runningVar = tracked ? new Buffer(ones(this.extents, { dtype })) : undefined;
    this.numBatchesTracked = tracked ? new Buffer(zeros([], { dtype: "int32" })) : undefined;
  }

  /** Added to the variance inside the root, in units of x²; it may be set. */
  get eps(): Required<Options>["eps"] {
    return this.options.eps;
  }

  set eps(eps: Required<Options>["eps"]) {
    this.setOption("eps", eps);
  }

  /** Weight of a new batch in the running statistics, null for the average of all; it may be set. */
  get momentum(): Required<Options>["momentum"] {
    return this.options.momentum;
  }

  set momentum(momentum: Required<Options>["momentum"]) {
    this.setOption("momentum", momentum);
  }

  /** PyTorch's norms count batches since 0.4.1; states carry no version that would say whether they are older. */
  override optionalState(): readonly string[] {
    return ["numBatchesTracked"];
  }

  /** What its function is given of it: without running statistics evaluation is training. */
  protected get given(): GivenToChannelNorm {
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = this;
    // Options has all that ChannelNormOptions has, which TypeScript does not see through Required.
    const { eps, momentum } = this.options as Required<ChannelNormOptions>;
    const training = this.training || runningMean === undefined;
    return { weight, bias, runningMean, runningVar, numBatchesTracked, training, eps, momentum };
  }
}
