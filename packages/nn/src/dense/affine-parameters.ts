import { type FloatDType, type Shape, zeros } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, sizeOf } from "@tapegrad/tensor/internal";
import { fillUniform, type RandomOptions, randomTable } from "../init/fill.ts";
import { initialize, type Initializer, initializer } from "../init/initializer.ts";
import { checkedConstraint, type Constraint, constraint } from "../constraints/constraint.ts";
import { Parameter } from "../module/parameter.ts";
import { checkedRegularizer, type Regularizer, regularizer } from "../regularizers/regularizer.ts";

/** What weight and bias are held to while they are trained; a function or its name each, nothing unless given. */
export interface WeightRules {
  /** What `regularizationLoss` adds to the loss for the weight. */
  readonly kernelRegularizer?: Regularizer | undefined;
  /** What `regularizationLoss` adds to the loss for the bias. */
  readonly biasRegularizer?: Regularizer | undefined;
  /** What `applyConstraints` makes of the weight after each update. */
  readonly kernelConstraint?: Constraint | undefined;
  /** What `applyConstraints` makes of the bias after each update. */
  readonly biasConstraint?: Constraint | undefined;
}

/** {@link WeightRules}, row by row. */
export const ruleTable: OptionTable<WeightRules> = {
  kernelRegularizer: optional(regularizer),
  biasRegularizer: optional(regularizer),
  kernelConstraint: optional(constraint),
  biasConstraint: optional(constraint),
};

/** Options of a weight and its bias. */
export interface AffineOptions extends RandomOptions, WeightRules {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly init?: Initializer | undefined;
  /** Initialiser of the bias; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly biasInit?: Initializer | undefined;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** {@link AffineOptions}, row by row. */
export const affineTable: OptionTable<AffineOptions> = {
  bias: option(ranges.flag, true),
  init: optional(initializer),
  biasInit: optional(initializer),
  ...randomTable,
  dtype: option(ranges.floatDType, "float32"),
  ...ruleTable,
};

/** A weight of `shape`, whose fan-in is all but its first extent unless given, then a bias of `features` elements. */
export function affineParameters(
  fn: string,
  shape: Shape,
  features: number,
  { bias, init, biasInit, generator, dtype, ...rules }: Required<AffineOptions>,
  fanIn: number = sizeOf(shape.slice(1)),
): { readonly weight: Parameter; readonly bias: Parameter | undefined } {
  const bound = 1 / Math.sqrt(fanIn);
  const fill = (extents: Shape, by: Initializer | undefined, kind: "kernel" | "bias"): Parameter => {
    const regularizer = checkedRegularizer(fn, rules[`${kind}Regularizer`]);
    const constraint = checkedConstraint(fn, rules[`${kind}Constraint`]);
    const parameter = new Parameter(zeros(extents, { dtype }), { regularizer, constraint });
    if (by === undefined) fillUniform(parameter, -bound, bound, { generator });
    else initialize(fn, parameter, by, { generator });
    return parameter;
  };
  const weight = fill(shape, init, "kernel");
  return { weight, bias: bias ? fill([features], biasInit, "bias") : undefined };
}
