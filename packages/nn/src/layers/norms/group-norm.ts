import { ones, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkChannels } from "../../functional/norms/batch-norm.ts";
import { checkEps } from "../../norms/check-vector.ts";
import { checkGroups, groupNorm } from "../../functional/norms/group-norm.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { formatEps } from "./format-eps.ts";

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** Added to the variance inside the root, in units of x²; 1e-5 unless options. */
  readonly eps?: number;
  /** Whether there are γ and β; true unless options. */
  readonly affine?: boolean;
  /** Dtype of the parameters, float32 unless options. */
  readonly dtype?: FloatDType;
}

/**
 * Group normalization of axis 1 for inputs of any rank from 2: see `functional.groupNorm` for the formula.
 *
 * The same in training and evaluation, and independent of the other samples of the batch.
 *
 * @param groups number of groups, a divisor of `channels`
 * @throws {ShapeError} when `groups` does not divide `channels`
 *
 * Wu and He 2018, https://arxiv.org/abs/1803.08494
 *
 * @example
 * ```ts
 * new GroupNorm(2, 4, { eps: 0 }).forward(tensor([[1, 3, 10, 30]])).toArray(); // => [[-1, 1, -1, 1]]
 * ```
 */
export class GroupNorm extends Module {
  readonly groups: number;
  readonly channels: number;
  readonly eps: number;
  /** γ, `[channels]` */
  readonly weight: Parameter | undefined;
  /** β, `[channels]` */
  readonly bias: Parameter | undefined;

  constructor(groups: number, channels: number, options: GroupNormOptions = {}) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine", "dtype"]);
    const { eps = 1e-5, affine = true, dtype = "float32" } = options;
    checkFeatures("GroupNorm", "channels", channels);
    checkGroups("GroupNorm", groups, channels);
    checkEps("GroupNorm", eps);
    checkFloatDType("GroupNorm", dtype);
    this.groups = groups;
    this.channels = channels;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([channels], { dtype })) : undefined;
    this.bias = affine ? new Parameter(zeros([channels], { dtype })) : undefined;
  }

  /** @param x `[N, channels, ...]` */
  override forward(x: Tensor): Tensor {
    checkChannels("groupNorm", x, this.channels);
    return groupNorm(x, this.groups, { weight: this.weight, bias: this.bias, eps: this.eps });
  }

  override details(): string {
    const affine = this.weight === undefined ? ", affine=false" : "";
    return `${this.groups}, ${this.channels}, eps=${formatEps(this.eps)}${affine}`;
  }
}
