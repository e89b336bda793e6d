import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, formatShape, asFloat } from "@tapegrad/tensor/internal";
import { affine, perChannel } from "../../norms/affine.ts";
import { checkChannels, runningOf } from "./batch-norm.ts";
import { checkEps, checkVector } from "../../norms/check-vector.ts";
import { normalizeByRunning, type RunningStatistics, updateRunningStatistics } from "./running-statistics.ts";

/** Options of {@link instanceNorm}. */
export interface InstanceNormArguments {
  /** Gain γ, `[C]`. */
  readonly weight?: Tensor | undefined;
  /** Shift β, `[C]`. */
  readonly bias?: Tensor | undefined;
  /** Running mean, `[C]`: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Running variance, `[C]`: read in evaluation, assigned to in training. */
  readonly runningVar?: Tensor | undefined;
  /** Whether to normalize by the statistics of each instance; true unless there are running ones. */
  readonly training?: boolean;
  /** Weight of the new batch in the running statistics, 0.1 unless given. */
  readonly momentum?: number;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Checked arguments of instance normalization. */
export interface InstanceNormPlan {
  readonly x: Tensor;
  /** All axes but those of instances and channels. */
  readonly axes: readonly number[];
  /** γ and β, ready to broadcast. */
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly running: RunningStatistics | undefined;
  readonly training: boolean;
  readonly momentum: number;
  readonly eps: number;
  /** Positions of an instance. */
  readonly count: number;
}

/** Throws unless `momentum` lies in [0, 1]. */
export function checkInstanceMomentum(fn: string, momentum: number): void {
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new ValueError(`${fn}: expected momentum in [0, 1], got ${String(momentum)}.`);
  }
}

/** Checks the arguments that the fused and the plain form share; changes nothing. */
export function planInstanceNorm(x: Tensor, options: InstanceNormArguments): InstanceNormPlan {
  const names = ["weight", "bias", "runningMean", "runningVar", "training", "momentum", "eps"];
  checkOptions("instanceNorm", options, names);
  const running = runningOf("instanceNorm", options);
  const { weight, bias, training = running === undefined, momentum = 0.1, eps = 1e-5 } = options;
  if (x.ndim < 3) {
    throw new ShapeError(`instanceNorm: expected input of shape [N, C, ...positions], got ${formatShape(x.shape)}.`);
  }
  const channels = checkChannels("instanceNorm", x, (weight ?? bias ?? running?.runningMean)?.size);
  checkVector("instanceNorm", "weight", weight, [channels]);
  checkVector("instanceNorm", "bias", bias, [channels]);
  checkVector("instanceNorm", "runningMean", running?.runningMean, [channels]);
  checkVector("instanceNorm", "runningVar", running?.runningVar, [channels]);
  checkInstanceMomentum("instanceNorm", momentum);
  checkEps("instanceNorm", eps);
  if (!training && running === undefined) {
    throw new ValueError("instanceNorm: expected runningMean and runningVar when training is false, got none.");
  }
  const count = x.shape.slice(2).reduce((product, extent) => product * extent, 1);
  if (training && count === 1) {
    throw new ShapeError(
      `instanceNorm: expected more than 1 position when training, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  return {
    x: asFloat(x),
    axes: x.shape.map((_, axis) => axis).slice(2),
    weight: perChannel(weight, x.ndim),
    bias: perChannel(bias, x.ndim),
    running,
    training,
    momentum,
    eps,
    count,
  };
}

/**
 * Instance normalization: standardizes every channel of every sample over its positions.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of one channel of one sample. With
 * running statistics, training also does `running ← (1 − momentum) · running + momentum · batch`, where batch is
 * the average over the samples of their means and unbiased variances, and evaluation normalizes by `running`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy`, in evaluation by running statistics `dx = r · g`.
 *
 * @param x `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one position, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 *
 * Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022
 *
 * @example
 * ```ts
 * instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 0 }).toArray(); // => [[[-1, 1], [-1, 1]]]
 * ```
 */
export function instanceNorm(x: Tensor, options: InstanceNormArguments = {}): Tensor {
  const plan = planInstanceNorm(x, options);
  const { axes, eps, running, count, momentum } = plan;
  if (!plan.training && running !== undefined) {
    return affine(normalizeByRunning(plan.x, running, eps), plan.weight, plan.bias);
  }
  const [normalized, rstd] = apply("standardize", [plan.x], { axes, eps, center: true });
  if (running !== undefined && x.size > 0) {
    const batch = { x: plan.x, normalized, rstd, axes, count };
    updateRunningStatistics(running, batch, { momentum, runningVariance: "unbiased" });
  }
  return affine(normalized, plan.weight, plan.bias);
}
