import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/**
 * How far the score of the right class is below the highest: `ℓ = max_c x[c] − Σ_c t[c] · x[c]`
 *
 * @param input scores of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices without the axis of classes, or one-hot of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @see Collins, Discriminative Training Methods for Hidden Markov Models (2002), https://doi.org/10.3115/1118693.1118694
 * @example
 * multiclassPerceptronLoss(tensor([[0.5, 2, 1]]), tensor([2], { dtype: "int32" })).item(); // => 1
 * new MulticlassPerceptronLoss().forward(tensor([[0.5, 2, 1]]), tensor([[0, 1, 0]])).item(); // => 0
 */
export function multiclassPerceptronLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("multiclassPerceptronLoss", "input", input);
  expectTensor("multiclassPerceptronLoss", "target", target);
  const { reduction } = settleOptions("multiclassPerceptronLoss", options, reductionTable);
  const axis = classAxis("multiclassPerceptronLoss", input);
  const shares = classShares("multiclassPerceptronLoss", input, axis, target);
  return reduce(input.max({ axis }).sub(timesOrZero(shares, input).sum({ axis })), reduction);
}

/** {@link multiclassPerceptronLoss} as a layer. */
export class MulticlassPerceptronLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MulticlassPerceptronLoss";

  constructor(options: ReductionOptions = {}) {
    super(multiclassPerceptronLoss, reductionTable, options);
  }
}
