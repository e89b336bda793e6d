import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, isFloat, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkNumbers, checkSameShape } from "./check-target.ts";
import { alignToClasses, checkClassWeight, classAxis, pickedLoss } from "./class-targets.ts";
import type { NllLossOptions } from "./nll-loss.ts";
import { reduction } from "./reduction.ts";
import { spread } from "./smooth-labels.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { timesOrZero } from "./zero-weight.ts";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of each target that is spread over all classes, in [0, 1]; 0 unless given. */
  readonly labelSmoothing?: number;
}

const fn = "crossEntropy";

const table: OptionTable<CrossEntropyOptions> = {
  weight: weights,
  labelSmoothing: option(ranges.unit, 0),
  ignoreIndex: option(ranges.integer, -100),
  reduction,
};

/**
 * Cross-entropy between logits and class indices or class probabilities.
 *
 * Indices: `ℓ = −w[t] · log softmax(x)[t]`; "mean" divides the sum by `Σ w[t]` over the targets that count, NaN if
 * none does. Probabilities: `ℓ = −Σ_c w[c] · p[c] · log softmax(x)[c]`; "mean" divides by the number of positions.
 * Label smoothing ε replaces a target by `(1 − ε) · target + ε/C`.
 *
 * A class that is ruled out by a logit of −∞ costs ∞ where its target, smoothed and weighted, is not 0, and nothing
 * where it is. A row that counts nothing (an ignored index, or nothing but weights and probabilities of 0) has loss and
 * gradient 0, whatever its logits hold.
 *
 * @param input logits of shape `[C]` or `[N, C, d₁, ...]`; −∞ rules a class out
 * @param target int32 indices of shape `[]` or `[N, d₁, ...]`, or float probabilities of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"; dtype of the input
 * @throws {ValueError} for a class index out of range or a NaN probability
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 *
 * Szegedy et al., Rethinking the Inception Architecture (2015), https://arxiv.org/abs/1512.00567, for label smoothing
 * @example
 * crossEntropy(tensor([[0, -Infinity, 1]]), tensor([0], { dtype: "int32" })).item(); // => 1.3133
 * new CrossEntropyLoss().forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // => 0.69315
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  expectTensor("crossEntropy", "input", input);
  expectTensor("crossEntropy", "target", target);
  const settled = settleOptions(fn, options, table);
  const axis = classAxis(fn, input);
  if (isFloat(target.dtype) && target.ndim === input.ndim) return probabilityLoss(input, target, axis, settled);
  return pickedLoss(fn, input, logSoftmax, target, settled);
}

/** {@link crossEntropy} as a layer. */
export class CrossEntropyLoss extends WeightedLoss<CrossEntropyOptions> {
  static override readonly name: string = "CrossEntropyLoss";

  constructor(options: CrossEntropyOptions = {}) {
    super(crossEntropy, table, options);
  }
}

function logSoftmax(logits: Tensor, axis: number): Tensor {
  return logits.logSoftmax({ axis });
}

function probabilityLoss(
  input: Tensor,
  target: Tensor,
  axis: number,
  { weight, labelSmoothing, reduction }: Required<CrossEntropyOptions>,
): Tensor {
  const classes = input.shape[axis]!;
  checkClassWeight(fn, weight, classes);
  checkSameShape(fn, input, target);
  checkNumbers(fn, "class probabilities", target);
  const smoothed = spread(target, labelSmoothing, classes);
  const share = weight === undefined ? smoothed : smoothed.mul(alignToClasses(weight, input, axis));
  const counted = share.requiresGrad ? input : input.maskedFill(share.eq(0).all({ axis, keepDims: true }), 0);
  // A class that is ruled out and not wanted costs 0, not 0 · −∞.
  const weighted = timesOrZero(share, logSoftmax(counted, axis));
  if (reduction === "none") return weighted.sum({ axis }).neg();
  const total = weighted.sum().neg();
  return reduction === "sum" ? total : total.div(input.size / classes);
}
