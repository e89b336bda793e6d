import { checkOptions, ones, type Shape, type Tensor, zeros } from "@tapegrad/tensor";
import { checkEps } from "../../functional/norms/check-vector.ts";
import { layerNorm } from "../../functional/norms/layer-norm.ts";
import { toShape } from "../../functional/norms/trailing-axes.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { NormPreset } from "../../presets/presets.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { formatEps } from "./format-eps.ts";

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
  /** Whether there is γ, and β unless `bias` is false; true unless given. */
  readonly affine?: boolean;
  /** Whether there is β; true unless given. */
  readonly bias?: boolean;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** Names of {@link LayerNormOptions}. */
export const layerNormOptionNames: readonly (keyof LayerNormOptions)[] = ["eps", "affine", "bias", "dtype"];

/**
 * Layer normalization over the trailing axes: see `functional.layerNorm` for the formula.
 *
 * The same in training and evaluation, and independent of the other samples of the batch.
 *
 * @param shape the trailing axes to normalize over; a number is one axis
 *
 * Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 *
 * @example
 * ```ts
 * new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, 1], [-1, 1]]
 * ```
 */
export class LayerNorm extends Module {
  readonly shape: Shape;
  readonly eps: number;
  /** γ of shape `shape` */
  readonly weight: Parameter | undefined;
  /** β of shape `shape` */
  readonly bias: Parameter | undefined;

  constructor(shape: number | Shape, options: LayerNormOptions | NormPreset = {}) {
    super();
    const given: LayerNormOptions = options instanceof NormPreset ? options.layerNorm : options;
    checkOptions("LayerNorm", given, layerNormOptionNames);
    const { eps = 1e-5, affine = true, bias = true, dtype = "float32" } = given;
    this.shape = toShape("LayerNorm", shape);
    checkEps("LayerNorm", eps);
    checkFloatDType("LayerNorm", dtype);
    this.eps = eps;
    this.weight = affine ? new Parameter(ones(this.shape, { dtype })) : undefined;
    this.bias = affine && bias ? new Parameter(zeros(this.shape, { dtype })) : undefined;
  }

  /** @param x `[..., ...shape]` */
  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.shape, { weight: this.weight, bias: this.bias, eps: this.eps });
  }

  override details(): string {
    const affine = this.weight === undefined ? ", affine=false" : this.bias === undefined ? ", bias=false" : "";
    return `${describeShape(this.shape)}, eps=${formatEps(this.eps)}${affine}`;
  }
}

/** `64` or `[3, 5]`. */
export function describeShape(shape: Shape): string {
  return shape.length === 1 ? String(shape[0]) : `[${shape.join(", ")}]`;
}
