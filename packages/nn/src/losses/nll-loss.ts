import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { pickedLoss } from "./class-targets.ts";
import { reduction, type ReductionOptions } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";

/** Options of {@link nllLoss}. */
export interface NllLossOptions extends ReductionOptions {
  /** Weight of each class, shape `[C]`; 1 unless given. */
  readonly weight?: Tensor | undefined;
  /** Class indices with this value do not count; −100 unless given. */
  readonly ignoreIndex?: number;
}

const table: OptionTable<NllLossOptions> = { weight: weights, ignoreIndex: option(ranges.integer, -100), reduction };

/**
 * Negative log-likelihood of class indices under given log-probabilities:
 * `ℓ = −w[t] · input[t]`; "mean" divides the sum by `Σ w[t]` over the targets that count, NaN if none does. Loss and
 * gradient are 0 for an ignored target and for one of weight 0, whatever the input holds there.
 *
 * @param input log-probabilities of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices of shape `[]` or `[N, d₁, ...]`
 * @throws {ValueError} for a class index out of range
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 * @example
 * nllLoss(tensor([[-0.5, -1], [-2, -3]]), tensor([0, 1], { dtype: "int32" })).item(); // => 1.75
 * new NLLLoss().forward(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item(); // => 2
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  expectTensor("nllLoss", "input", input);
  expectTensor("nllLoss", "target", target);
  const settled = settleOptions("nllLoss", options, table);
  return pickedLoss("nllLoss", input, (logProbs) => logProbs, target, { ...settled, labelSmoothing: 0 });
}

/** {@link nllLoss} as a layer. */
export class NLLLoss extends WeightedLoss<NllLossOptions> {
  static override readonly name: string = "NLLLoss";

  constructor(options: NllLossOptions = {}) {
    super(nllLoss, table, options);
  }
}
