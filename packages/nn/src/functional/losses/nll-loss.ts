import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";
import { checkClassIndices, checkClassWeight, classAxis } from "./class-targets.ts";
import { pickedLoss } from "./pick-classes.ts";
import { checkReduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link nllLoss}. */
export interface NllLossOptions extends ReductionOptions {
  /** Weight of each class, shape `[C]`; 1 unless given. */
  readonly weight?: Tensor;
  /** Targets with this value do not count; −100 unless given. */
  readonly ignoreIndex?: number;
}

/**
 * Negative log-likelihood of class indices under given log-probabilities.
 *
 * `ℓ = −w[t] · input[t]`; "mean" divides the sum by `Σ w[t]` over the targets that count, NaN if none does.
 *
 * @param input log-probabilities of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices of shape `[]` or `[N, d₁, ...]`
 * @returns shape `[]`, or that of the target with reduction "none"; dtype of the input
 * @throws {ValueError} for a class index out of range or unknown options
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 *
 * @example
 * nllLoss(tensor([[-0.5, -1], [-2, -3]]), tensor([0, 1], { dtype: "int32" })).item(); // => 1.75
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  checkOptions("nllLoss", options, ["weight", "ignoreIndex", "reduction"]);
  const { weight, ignoreIndex = -100, reduction = "mean" } = options;
  checkReduction("nllLoss", reduction);
  expectNumber("nllLoss", "ignoreIndex", ignoreIndex, "to be a whole number", Number.isInteger);
  const axis = classAxis("nllLoss", input);
  if (weight !== undefined) checkClassWeight("nllLoss", weight, input.shape[axis]!);
  const ignores = checkClassIndices("nllLoss", input, target, ignoreIndex);
  return pickedLoss(input, target, { axis, weight, labelSmoothing: 0, ignoreIndex, ignores, reduction });
}
