import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { sparsemax } from "../activations/sparsemax.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/**
 * Loss of classes that goes with `sparsemax`, `p`, and is 0 where it says what is true:
 * `ℓ = Σ_c (p[c] − t[c]) · x[c] + (Σ_c t[c]² − Σ_c p[c]²) / 2`; its gradient is `p − t`.
 *
 * @param input scores of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices without the axis of classes, or one-hot, or probabilities, of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @see Martins and Astudillo, From Softmax to Sparsemax (2016), https://arxiv.org/abs/1602.02068
 * @example
 * multiclassSparsemaxLoss(tensor([[0, 0.5, -3]]), tensor([0], { dtype: "int32" })).item(); // => 0.5625
 * new MulticlassSparsemaxLoss().forward(tensor([[3, 1, 0]]), tensor([[1, 0, 0]])).item(); // => 0
 */
export function multiclassSparsemaxLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("multiclassSparsemaxLoss", "input", input);
  expectTensor("multiclassSparsemaxLoss", "target", target);
  const { reduction } = settleOptions("multiclassSparsemaxLoss", options, reductionTable);
  const axis = classAxis("multiclassSparsemaxLoss", input);
  const shares = classShares("multiclassSparsemaxLoss", input, axis, target);
  const p = sparsemax(input, { axis });
  // From the largest score down: no digits are lost to a constant that all share.
  const scores = input.sub(input.max({ axis, keepDims: true }));
  const gap = timesOrZero(p.sub(shares), scores).sum({ axis });
  const squares = shares.square().sub(p.square()).sum({ axis });
  return reduce(gap.add(squares.mul(0.5)), reduction);
}

/** {@link multiclassSparsemaxLoss} as a layer. */
export class MulticlassSparsemaxLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MulticlassSparsemaxLoss";

  constructor(options: ReductionOptions = {}) {
    super(multiclassSparsemaxLoss, reductionTable, options);
  }
}
