import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/**
 * Loss of a maximum margin between the score of the right class and the highest other, as optax has it:
 * `ℓ = max_c (x[c] + 1 − t[c]) − Σ_c t[c] · x[c]`. `categoricalHingeLoss`, which is Keras', counts the right class as a score of 0
 * among the others.
 *
 * @param input scores of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices without the axis of classes, or one-hot of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @see Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines (2001),
 * https://www.jmlr.org/papers/v2/crammer01a.html
 * @example
 * multiclassHingeLoss(tensor([[0.5, 2, 1]]), tensor([2], { dtype: "int32" })).item(); // => 2
 * new MulticlassHingeLoss().forward(tensor([[-3, -1, -3]]), tensor([[0, 1, 0]])).item(); // => 0
 */
export function multiclassHingeLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("multiclassHingeLoss", "input", input);
  expectTensor("multiclassHingeLoss", "target", target);
  const { reduction } = settleOptions("multiclassHingeLoss", options, reductionTable);
  const axis = classAxis("multiclassHingeLoss", input);
  const shares = classShares("multiclassHingeLoss", input, axis, target);
  const highest = input.add(1).sub(shares).max({ axis });
  return reduce(highest.sub(timesOrZero(shares, input).sum({ axis })), reduction);
}

/** {@link multiclassHingeLoss} as a layer. */
export class MulticlassHingeLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MulticlassHingeLoss";

  constructor(options: ReductionOptions = {}) {
    super(multiclassHingeLoss, reductionTable, options);
  }
}
