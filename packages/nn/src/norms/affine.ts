import { type FloatDType, ones, type Shape, Tensor, zeros } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { checkedConstraint, type Constraint, constraint } from "../constraints/constraint.ts";
import { Parameter } from "../module/parameter.ts";
import { checkedRegularizer, type Regularizer, regularizer } from "../regularizers/regularizer.ts";

/** Options of the functions that standardize. */
export interface NormArguments {
  /** Gain γ: of the normalized shape where that is given, else `[C]`. */
  readonly weight?: Tensor | undefined;
  /** Shift β, of the same shape. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** What γ and β are held to while they are trained; a function or its name each, nothing unless given. */
export interface NormRules {
  /** What `regularizationLoss` adds to the loss for γ. */
  readonly gammaRegularizer?: Regularizer | undefined;
  /** What `regularizationLoss` adds to the loss for β. */
  readonly betaRegularizer?: Regularizer | undefined;
  /** What `applyConstraints` makes of γ after each update. */
  readonly gammaConstraint?: Constraint | undefined;
  /** What `applyConstraints` makes of β after each update. */
  readonly betaConstraint?: Constraint | undefined;
}

/** Options of the layers that standardize. */
export interface NormOptions extends Pick<NormArguments, "eps">, NormRules {
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

/** The rows of {@link NormRules}. */
export const normRules: OptionTable<NormRules> = {
  gammaRegularizer: optional(regularizer),
  betaRegularizer: optional(regularizer),
  gammaConstraint: optional(constraint),
  betaConstraint: optional(constraint),
};

/** The rows of {@link NormOptions}. */
export const normOptions: OptionTable<NormOptions> = {
  eps: normArguments.eps,
  affine: option(ranges.flag, true),
  dtype: option(ranges.floatDType, "float32"),
  ...normRules,
};

/** Which of γ and β a layer has; β unless `bias` is false. */
export interface AffineChoice extends NormRules {
  readonly affine?: boolean | undefined;
  readonly bias?: boolean | undefined;
  readonly dtype?: FloatDType | undefined;
}

/** γ, ones at first, and β, zeros at first. */
export function affineParameters(
  fn: string,
  shape: Shape,
  { affine, bias = true, dtype, ...rules }: AffineChoice,
): { readonly weight: Parameter | undefined; readonly bias: Parameter | undefined } {
  return {
    weight: affine === true ? ruledParameter(fn, ones(shape, { dtype }), "gamma", rules) : undefined,
    bias: affine === true && bias ? ruledParameter(fn, zeros(shape, { dtype }), "beta", rules) : undefined,
  };
}

/** γ or β with its regulariser and its constraint. */
export function ruledParameter(fn: string, value: Tensor, kind: "gamma" | "beta", rules: NormRules): Parameter {
  return new Parameter(value, {
    regularizer: checkedRegularizer(fn, rules[`${kind}Regularizer`]),
    constraint: checkedConstraint(fn, rules[`${kind}Constraint`]),
  });
}

/** `x · weight + bias` with whichever of the two is given; both must broadcast to `x`. */
export function applyAffine(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? x : x.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}
