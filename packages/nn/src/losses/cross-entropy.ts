import { Tensor } from "@tapegrad/tensor";
import {
  instanceOf,
  integer,
  isFloat,
  option,
  optional,
  type OptionTable,
  settleOptions,
  unit,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { checkSameShape, checkValues } from "./check-target.ts";
import { alignToClasses, checkClassIndices, checkClassWeight, classAxis } from "./class-targets.ts";
import type { NllLossOptions } from "./nll-loss.ts";
import { pickedLoss } from "./picked-loss.ts";
import { type Reduction, reduction } from "./reduction.ts";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of each target that is spread over all classes, in [0, 1]; 0 unless given. */
  readonly labelSmoothing?: number;
}

const table: OptionTable<CrossEntropyOptions> = {
  weight: optional(instanceOf(Tensor)),
  labelSmoothing: option(unit, 0),
  ignoreIndex: option(integer, -100),
  reduction,
};

/**
 * Cross-entropy between logits and class indices or class probabilities.
 *
 * Indices: `ℓ = −w[t] · log softmax(x)[t]`; "mean" divides the sum by `Σ w[t]` over the targets that count, NaN if
 * none does. Probabilities: `ℓ = −Σ_c w[c] · p[c] · log softmax(x)[c]`; "mean" divides by the number of positions.
 * Label smoothing ε replaces a target by `(1 − ε) · target + ε/C`.
 *
 * @param input logits of shape `[C]` or `[N, C, d₁, ...]`; −∞ rules a class out
 * @param target int32 indices of shape `[]` or `[N, d₁, ...]`, or float probabilities of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"; dtype of the input
 * @throws {ValueError} for a class index out of range, a NaN probability or unknown options
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 *
 * Szegedy et al., Rethinking the Inception Architecture (2015), https://arxiv.org/abs/1512.00567, for label smoothing
 *
 * @example
 * crossEntropy(tensor([[0, -Infinity, 1]]), tensor([0], { dtype: "int32" })).item(); // => 1.3133
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { weight, labelSmoothing, ignoreIndex, reduction } = settleOptions("crossEntropy", options, table);
  const axis = classAxis("crossEntropy", input);
  if (weight !== undefined) checkClassWeight("crossEntropy", weight, input.shape[axis]!);
  if (isFloat(target.dtype) && target.ndim === input.ndim) {
    checkSameShape("crossEntropy", input, target);
    checkValues("crossEntropy", "class probabilities", target, (p) => !Number.isNaN(p));
    return probabilityLoss(input, target, { axis, weight, labelSmoothing, reduction });
  }
  const ignores = checkClassIndices("crossEntropy", input, target, ignoreIndex);
  return pickedLoss(input.logSoftmax({ axis }), target, {
    axis,
    weight,
    labelSmoothing,
    ignoreIndex,
    ignores,
    reduction,
  });
}

/**
 * {@link crossEntropy} as a layer.
 *
 * @example
 * new CrossEntropyLoss().forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // => 0.69315
 */
export class CrossEntropyLoss extends ConfiguredModule<CrossEntropyOptions> {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;

  constructor(options: CrossEntropyOptions = {}) {
    super(options, table);
    const { weight } = this.options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, { ...this.options, weight: this.weight });
  }
}

interface ProbabilityOptions {
  readonly axis: number;
  readonly weight: Tensor | undefined;
  readonly labelSmoothing: number;
  readonly reduction: Reduction;
}

function probabilityLoss(input: Tensor, target: Tensor, options: ProbabilityOptions): Tensor {
  const { axis, weight, labelSmoothing, reduction } = options;
  const classes = input.shape[axis]!;
  const raw = input.logSoftmax({ axis });
  // A class that is ruled out and not wanted costs 0, not 0 · −∞.
  const logProbs = raw.maskedFill(target.eq(0).logicalAnd(raw.eq(-Infinity)), 0);
  const smoothed = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const terms = logProbs.mul(smoothed);
  const weighted = weight === undefined ? terms : terms.mul(alignToClasses(weight, input, axis));
  if (reduction === "none") return weighted.sum({ axis }).neg();
  const total = weighted.sum().neg();
  return reduction === "sum" ? total : total.div(input.size / classes);
}
