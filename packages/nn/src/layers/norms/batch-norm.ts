import { ones, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions, isTracing } from "@tapegrad/tensor/internal";
import { batchNorm, checkChannels, checkMomentum, checkRunningVariance } from "../../functional/norms/batch-norm.ts";
import { checkEps } from "../../norms/check-vector.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { describeStatistics } from "./describe-statistics.ts";
import { formatEps } from "./format-eps.ts";

/** Options of {@link BatchNorm}. */
export interface BatchNormOptions {
  /** Added to the variance inside the root, in units of x²; 1e-5 unless options. */
  readonly eps?: number;
  /** Weight of the new batch in the running statistics, 0.1 unless options; null averages all batches equally. */
  readonly momentum?: number | null;
  /** Whether there are γ and β; true unless options. */
  readonly affine?: boolean;
  /** Whether evaluation uses running statistics; true unless options, otherwise those of its batch. */
  readonly trackRunningStats?: boolean;
  /** Whether the running variance divides by n − 1, as in PyTorch and unless options, or by n, as in Keras. */
  readonly runningVariance?: "unbiased" | "biased";
  /** Dtype of parameters and statistics, float32 unless options. */
  readonly dtype?: FloatDType;
}

/** Names of {@link BatchNormOptions}. */
export const batchNormOptionNames: readonly (keyof BatchNormOptions)[] = [
  "eps",
  "momentum",
  "affine",
  "trackRunningStats",
  "runningVariance",
  "dtype",
];

/**
 * Batch normalization of axis 1 for inputs of any rank from 2: see `functional.batchNorm` for the formula.
 *
 * Training normalizes by the batch and updates the running statistics, evaluation uses them. A bias in the
 * layer before has no effect, since the mean is subtracted.
 *
 * @throws {ShapeError} in training with one value per channel
 *
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * @example
 * ```ts
 * const norm = new BatchNorm(2, { eps: 0 });
 * norm.forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, -1], [1, 1]]
 * norm.runningVar.toArray(); // => [1.1, 1.7]
 * ```
 */
export class BatchNorm extends Module {
  readonly features: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly runningVariance: "unbiased" | "biased";
  /** γ, `[features]` */
  readonly weight: Parameter | undefined;
  /** β, `[features]` */
  readonly bias: Parameter | undefined;
  /** `[features]` */
  readonly runningMean: Buffer | undefined;
  /** `[features]` */
  readonly runningVar: Buffer | undefined;
  /** Number of training batches so far, an int32 of no axes. */
  readonly numBatchesTracked: Buffer | undefined;
  #inspected = false;
  readonly #warned = new Set<string>();

  constructor(features: number, options: BatchNormOptions = {}) {
    super();
    checkOptions("BatchNorm", options, batchNormOptionNames);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    const { runningVariance = "unbiased", dtype = "float32" } = options;
    checkFeatures("BatchNorm", "features", features);
    checkEps("BatchNorm", eps);
    checkMomentum("BatchNorm", momentum);
    checkRunningVariance("BatchNorm", runningVariance);
    checkFloatDType("BatchNorm", dtype);
    this.features = features;
    this.eps = eps;
    this.momentum = momentum;
    this.runningVariance = runningVariance;
    this.weight = affine ? new Parameter(ones([features], { dtype })) : undefined;
    this.bias = affine ? new Parameter(zeros([features], { dtype })) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([features], { dtype })) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(ones([features], { dtype })) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: "int32" })) : undefined;
  }

  /** @param x `[N, features, ...]` */
  override forward(x: Tensor): Tensor {
    checkChannels("batchNorm", x, this.features);
    const tracks = this.runningMean !== undefined;
    const y = batchNorm(x, {
      weight: this.weight,
      bias: this.bias,
      runningMean: this.runningMean,
      runningVar: this.runningVar,
      numBatchesTracked: this.numBatchesTracked,
      training: this.training || !tracks,
      momentum: this.momentum,
      eps: this.eps,
      runningVariance: this.runningVariance,
    });
    if (tracks && (this.training || !this.#inspected) && !isTracing()) this.#inspect();
    return y;
  }

  protected override setMode(training: boolean): void {
    super.setMode(training);
    this.#inspected = false;
  }

  /** Says on the console, once each, what is wrong with the running statistics. */
  #inspect(): void {
    this.#inspected = true;
    const complaint = describeStatistics(this);
    if (complaint === undefined || this.#warned.has(complaint)) return;
    this.#warned.add(complaint);
    console.warn(`BatchNorm: ${complaint}`);
  }

  override details(): string {
    const affine = this.weight === undefined ? ", affine=false" : "";
    const tracks = this.runningMean === undefined ? ", trackRunningStats=false" : "";
    return `${this.features}, eps=${formatEps(this.eps)}, momentum=${this.momentum}${affine}${tracks}`;
  }
}
