import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, formatShape, asFloat } from "@tapegrad/tensor/internal";
import { affine, perChannel } from "../../norms/affine.ts";
import { checkEps, checkVector } from "../../norms/check-vector.ts";
import { normalizeByRunning, type RunningStatistics, updateRunningStatistics } from "./running-statistics.ts";

/** Options of {@link batchNorm}. */
export interface BatchNormArguments {
  /** Gain γ, `[C]`. */
  readonly weight?: Tensor | undefined;
  /** Shift β, `[C]`. */
  readonly bias?: Tensor | undefined;
  /** Running mean, `[C]`: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Running variance, `[C]`: read in evaluation, assigned to in training. */
  readonly runningVar?: Tensor | undefined;
  /** Counter of training batches, an int32 of no axes; needed when `momentum` is null. */
  readonly numBatchesTracked?: Tensor | undefined;
  /** Whether to normalize by the statistics of this batch; true unless there are running ones. */
  readonly training?: boolean;
  /** Weight of the new batch in the running statistics, 0.1 unless given; null averages all batches equally. */
  readonly momentum?: number | null;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
  /** Whether the running variance divides by n − 1, as in PyTorch and unless given, or by n, as in Keras. */
  readonly runningVariance?: "unbiased" | "biased";
}

const optionNames = [
  "weight",
  "bias",
  "runningMean",
  "runningVar",
  "numBatchesTracked",
  "training",
  "momentum",
  "eps",
  "runningVariance",
];

/** Checked arguments of batch normalization. */
export interface BatchNormPlan {
  readonly x: Tensor;
  /** All axes but that of the channels. */
  readonly axes: readonly number[];
  /** γ and β, ready to broadcast. */
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly running: RunningStatistics | undefined;
  readonly training: boolean;
  readonly momentum: number | null;
  readonly eps: number;
  readonly runningVariance: "unbiased" | "biased";
  /** Values per channel. */
  readonly count: number;
}

/** Throws unless `momentum` is null or lies in [0, 1]. */
export function checkMomentum(fn: string, momentum: number | null): void {
  if (momentum !== null && !(momentum >= 0 && momentum <= 1)) {
    throw new ValueError(`${fn}: expected momentum null or in [0, 1], got ${String(momentum)}.`);
  }
}

/** Throws unless `runningVariance` is one of its two words. */
export function checkRunningVariance(fn: string, runningVariance: string): void {
  if (runningVariance !== "unbiased" && runningVariance !== "biased") {
    throw new ValueError(`${fn}: expected runningVariance unbiased or biased, got ${String(runningVariance)}.`);
  }
}

/** The number of channels of `x`; throws unless it is `features`, where that is known. */
export function checkChannels(fn: string, x: Tensor, features: number | undefined): number {
  const channels = x.shape[1];
  if (channels === undefined) {
    throw new ShapeError(`${fn}: expected input of shape [N, C, ...], got ${formatShape(x.shape)}.`);
  }
  if (features !== undefined && features !== channels) {
    throw new ShapeError(`${fn}: expected ${features} channels on axis 1, got input of shape ${formatShape(x.shape)}.`);
  }
  return channels;
}

/** The running statistics among the options; throws when there is only one of them. */
export function runningOf(
  fn: string,
  options: Pick<BatchNormArguments, "runningMean" | "runningVar" | "numBatchesTracked">,
): RunningStatistics | undefined {
  const { runningMean, runningVar, numBatchesTracked } = options;
  if (runningMean === undefined && runningVar === undefined) return undefined;
  if (runningMean === undefined || runningVar === undefined) {
    throw new ValueError(`${fn}: expected runningMean and runningVar together, got one of them.`);
  }
  return { runningMean, runningVar, numBatchesTracked };
}

/** Checks the arguments that the fused and the plain form share; changes nothing. */
export function planBatchNorm(x: Tensor, options: BatchNormArguments): BatchNormPlan {
  checkOptions("batchNorm", options, optionNames);
  const running = runningOf("batchNorm", options);
  const { weight, bias, training = running === undefined } = options;
  const { momentum = 0.1, eps = 1e-5, runningVariance = "unbiased" } = options;
  const channels = checkChannels("batchNorm", x, (weight ?? bias ?? running?.runningMean)?.size);
  const perChannelShape = [channels];
  checkVector("batchNorm", "weight", weight, perChannelShape);
  checkVector("batchNorm", "bias", bias, perChannelShape);
  checkVector("batchNorm", "runningMean", running?.runningMean, perChannelShape);
  checkVector("batchNorm", "runningVar", running?.runningVar, perChannelShape);
  checkEps("batchNorm", eps);
  checkMomentum("batchNorm", momentum);
  checkRunningVariance("batchNorm", runningVariance);
  if (!training && running === undefined) {
    throw new ValueError("batchNorm: expected runningMean and runningVar when training is false, got none.");
  }
  if (training && momentum === null && running !== undefined && running.numBatchesTracked === undefined) {
    throw new ValueError("batchNorm: expected numBatchesTracked when momentum is null, got none.");
  }
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  if (training && count === 1) {
    throw new ShapeError(
      `batchNorm: expected more than 1 value per channel when training, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  return {
    x: asFloat(x),
    axes,
    weight: perChannel(weight, x.ndim),
    bias: perChannel(bias, x.ndim),
    running,
    training,
    momentum,
    eps,
    runningVariance,
    count,
  };
}

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
 *
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * @example
 * ```ts
 * batchNorm(tensor([[1, 5], [3, 9]]), { eps: 0 }).toArray(); // => [[-1, -1], [1, 1]]
 * ```
 */
export function batchNorm(x: Tensor, options: BatchNormArguments = {}): Tensor {
  const plan = planBatchNorm(x, options);
  const { axes, eps, running, count } = plan;
  if (!plan.training && running !== undefined) {
    return affine(normalizeByRunning(plan.x, running, eps), plan.weight, plan.bias);
  }
  const [normalized, rstd] = apply("standardize", [plan.x], { axes, eps, center: true });
  if (running !== undefined && count > 0) {
    updateRunningStatistics(running, { x: plan.x, normalized, rstd, axes, count }, plan);
  }
  return affine(normalized, plan.weight, plan.bias);
}
