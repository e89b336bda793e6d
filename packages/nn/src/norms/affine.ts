import { type FloatDType, ones, type Shape, Tensor, zeros } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Parameter } from "../module/parameter.ts";

/** Options of the functions that standardize. */
export interface NormArguments {
  /** Gain γ: of the normalized shape where that is given, else `[C]`. */
  readonly weight?: Tensor | undefined;
  /** Shift β, of the same shape. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Options of the layers that standardize. */
export interface NormOptions extends Pick<NormArguments, "eps"> {
  /** Whether there are γ and β; true unless given. */
  readonly affine?: boolean;
  /** Dtype of parameters and statistics, float32 unless given. */
  readonly dtype?: FloatDType;
}

const tensor = optional(ranges.instanceOf(Tensor));
/** The rows of {@link NormArguments}. */
export const normArguments: OptionTable<NormArguments> = {
  weight: tensor,
  bias: tensor,
  eps: option(ranges.nonNegative, 1e-5, { shown: true }),
};

/** What is added to a squared length inside the root. */
export const lengthEps: OptionTable<Pick<NormArguments, "eps">>["eps"] = option(ranges.nonNegative, 1e-10);

/** The rows of {@link NormOptions}. */
export const normOptions: OptionTable<NormOptions> = {
  eps: normArguments.eps,
  affine: option(ranges.flag, true),
  dtype: option(ranges.floatDType, "float32"),
};

/** Which of γ and β a layer has; β unless `bias` is false. */
export interface AffineChoice {
  readonly affine?: boolean | undefined;
  readonly bias?: boolean | undefined;
  readonly dtype?: FloatDType | undefined;
}

/** γ, ones at first, and β, zeros at first. */
export function affineParameters(
  shape: Shape,
  { affine, bias = true, dtype }: AffineChoice,
): { readonly weight: Parameter | undefined; readonly bias: Parameter | undefined } {
  return {
    weight: affine === true ? new Parameter(ones(shape, { dtype })) : undefined,
    bias: affine === true && bias ? new Parameter(zeros(shape, { dtype })) : undefined,
  };
}

/** `x · weight + bias` with whichever of the two is given; both must broadcast to `x`. */
export function applyAffine(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? x : x.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}
