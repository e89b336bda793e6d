import { ones, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkChannels } from "../../functional/norms/batch-norm.ts";
import { checkEps } from "../../norms/check-vector.ts";
import { checkInstanceMomentum, instanceNorm } from "../../functional/norms/instance-norm.ts";
import { Buffer } from "../../module/buffer.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { formatEps } from "./format-eps.ts";

/** Options of {@link InstanceNorm}. */
export interface InstanceNormOptions {
  /** Added to the variance inside the root, in units of x²; 1e-5 unless options. */
  readonly eps?: number;
  /** Weight of the new batch in the running statistics, 0.1 unless options. */
  readonly momentum?: number;
  /** Whether there are γ and β; false unless options. */
  readonly affine?: boolean;
  /** Whether evaluation uses running statistics; false unless options: it then does the same as training. */
  readonly trackRunningStats?: boolean;
  /** Dtype of parameters and statistics, float32 unless options. */
  readonly dtype?: FloatDType;
}

/**
 * Instance normalization for inputs of any rank from 3: every channel of every sample over its positions. See
 * `functional.instanceNorm` for the formula.
 *
 * @param features number of channels
 * @throws {ShapeError} in training with one position
 *
 * Ulyanov, Vedaldi and Lempitsky 2016, https://arxiv.org/abs/1607.08022
 *
 * @example
 * ```ts
 * new InstanceNorm(2, { eps: 0 }).forward(tensor([[[1, 3], [10, 30]]])).toArray(); // => [[[-1, 1], [-1, 1]]]
 * ```
 */
export class InstanceNorm extends Module {
  readonly features: number;
  readonly eps: number;
  readonly momentum: number;
  /** γ, `[features]` */
  readonly weight: Parameter | undefined;
  /** β, `[features]` */
  readonly bias: Parameter | undefined;
  /** `[features]` */
  readonly runningMean: Buffer | undefined;
  /** `[features]` */
  readonly runningVar: Buffer | undefined;
  /** Always 0, as in PyTorch, whose state dictionary has it; an int32 of no axes. */
  readonly numBatchesTracked: Buffer | undefined;

  constructor(features: number, options: InstanceNormOptions = {}) {
    super();
    checkOptions("InstanceNorm", options, ["eps", "momentum", "affine", "trackRunningStats", "dtype"]);
    const { eps = 1e-5, momentum = 0.1, affine = false, trackRunningStats = false, dtype = "float32" } = options;
    checkFeatures("InstanceNorm", "features", features);
    checkEps("InstanceNorm", eps);
    checkInstanceMomentum("InstanceNorm", momentum);
    checkFloatDType("InstanceNorm", dtype);
    this.features = features;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([features], { dtype })) : undefined;
    this.bias = affine ? new Parameter(zeros([features], { dtype })) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([features], { dtype })) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(ones([features], { dtype })) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: "int32" })) : undefined;
  }

  /** @param x `[N, features, ...positions]` */
  override forward(x: Tensor): Tensor {
    checkChannels("instanceNorm", x, this.features);
    return instanceNorm(x, {
      weight: this.weight,
      bias: this.bias,
      runningMean: this.runningMean,
      runningVar: this.runningVar,
      training: this.training || this.runningMean === undefined,
      momentum: this.momentum,
      eps: this.eps,
    });
  }

  override details(): string {
    const affine = this.weight === undefined ? "" : ", affine=true";
    const tracks = this.runningMean === undefined ? "" : `, momentum=${this.momentum}, trackRunningStats=true`;
    return `${this.features}, eps=${formatEps(this.eps)}${affine}${tracks}`;
  }
}
