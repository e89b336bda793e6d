import { ones, type Shape, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkEps } from "../../norms/check-vector.ts";
import { checkPartial, rmsNorm } from "../../functional/norms/rms-norm.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { formatEps } from "./format-eps.ts";
import { formatExtents, toShape } from "../../norms/trailing-axes.ts";

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** Added to the mean square inside the root, in units of x²; 1e-5 unless options, `"machine"` is the dtype's epsilon. */
  readonly eps?: number | "machine";
  /** Whether there is γ; true unless options. */
  readonly affine?: boolean;
  /** Whether there is β as well; false unless options, as in the paper. */
  readonly bias?: boolean;
  /** Fraction of the elements that the mean square is taken from, rounded up; 1 unless options. */
  readonly partial?: number;
  /** Dtype of the parameters, float32 unless options. */
  readonly dtype?: FloatDType;
}

/** Names of {@link RMSNormOptions}. */
export const rmsNormOptionNames: readonly (keyof RMSNormOptions)[] = ["eps", "affine", "bias", "partial", "dtype"];

/**
 * Root mean square normalization over the trailing axes: see `functional.rmsNorm` for the formula.
 *
 * LayerNorm without subtracting the mean: cheaper, and equal to it on inputs of mean 0.
 *
 * @param shape the trailing axes to normalize over; a number is one axis
 *
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * @example
 * ```ts
 * new RMSNorm(2, { eps: 0 }).forward(tensor([[1, 7]])).toArray(); // => [[0.2, 1.4]]
 * ```
 */
export class RMSNorm extends Module {
  readonly shape: Shape;
  readonly eps: number | "machine";
  readonly partial: number;
  /** γ of shape `shape` */
  readonly weight: Parameter | undefined;
  /** β of shape `shape` */
  readonly bias: Parameter | undefined;

  constructor(shape: number | Shape, options: RMSNormOptions = {}) {
    super();
    checkOptions("RMSNorm", options, rmsNormOptionNames);
    const { eps = 1e-5, affine = true, bias = false, partial = 1, dtype = "float32" } = options;
    this.shape = toShape("RMSNorm", shape);
    if (eps !== "machine") checkEps("RMSNorm", eps);
    checkPartial("RMSNorm", partial);
    checkFloatDType("RMSNorm", dtype);
    this.eps = eps;
    this.partial = partial;
    this.weight = affine ? new Parameter(ones(this.shape, { dtype })) : undefined;
    this.bias = affine && bias ? new Parameter(zeros(this.shape, { dtype })) : undefined;
  }

  /** @param x `[..., ...shape]` */
  override forward(x: Tensor): Tensor {
    return rmsNorm(x, this.shape, { weight: this.weight, bias: this.bias, eps: this.eps, partial: this.partial });
  }

  override details(): string {
    const partial = this.partial === 1 ? "" : `, partial=${this.partial}`;
    const affine = this.weight === undefined ? ", affine=false" : "";
    return `${formatExtents(this.shape)}, eps=${formatEps(this.eps)}${partial}${affine}`;
  }
}
