import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/**
 * Loss of a maximum margin between the score of the right class and the highest other:
 * `ℓ = max(0, 1 + max_c (1 − t[c]) · x[c] − Σ_c t[c] · x[c])`
 *
 * @param input scores of shape `[C]` or `[N, C, d₁, ...]`
 * @param target one-hot, or probabilities, of the input's shape, or int32 class indices without the axis of classes
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @see Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines (2001),
 * https://www.jmlr.org/papers/v2/crammer01a.html
 * @example
 * categoricalHingeLoss(tensor([[0.5, 2, 1]]), tensor([2], { dtype: "int32" })).item(); // => 2
 * new CategoricalHingeLoss().forward(tensor([[0.5, 2, 1]]), tensor([[0, 1, 0]])).item(); // => 0
 */
export function categoricalHingeLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("categoricalHingeLoss", "input", input);
  expectTensor("categoricalHingeLoss", "target", target);
  const { reduction } = settleOptions("categoricalHingeLoss", options, reductionTable);
  const axis = classAxis("categoricalHingeLoss", input);
  const shares = classShares("categoricalHingeLoss", input, axis, target);
  const right = timesOrZero(shares, input).sum({ axis });
  const highest = timesOrZero(shares.neg().add(1), input).max({ axis });
  return reduce(highest.sub(right).add(1).clamp(0), reduction);
}

/** {@link categoricalHingeLoss} as a layer. */
export class CategoricalHingeLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "CategoricalHingeLoss";

  constructor(options: ReductionOptions = {}) {
    super(categoricalHingeLoss, reductionTable, options);
  }
}
