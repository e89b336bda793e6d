import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape, checkValues } from "./check-target.ts";
import { sparsePlus } from "../activations/sparse-plus.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Loss of yes and no that is 0 from a margin on: `ℓ = sparsePlus(−x)` for a target of 1, `sparsePlus(x)` for 0; its gradient
 * is `sparseSigmoid(x) − t`. See `multiclassSparsemaxLoss` for classes.
 *
 * @param input scores of any shape
 * @param target 0 or 1 for each, the same shape
 * @throws {ValueError} for another target
 * @see Blondel, Martins and Niculae, Learning with Fenchel-Young Losses (2020), https://arxiv.org/abs/1901.02324
 * @example
 * sparsemaxLoss(tensor([0, 2, 2]), tensor([1, 1, 0]), { reduction: "none" }).toArray(); // => [0.25, 0, 2]
 * new SparsemaxLoss().forward(tensor([0.5]), tensor([0])).item(); // => 0.5625
 */
export function sparsemaxLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("sparsemaxLoss", "input", input);
  expectTensor("sparsemaxLoss", "target", target);
  const { reduction } = settleOptions("sparsemaxLoss", options, reductionTable);
  checkFloat("sparsemaxLoss", "input", input);
  checkSameShape("sparsemaxLoss", input, target);
  checkValues("sparsemaxLoss", "targets 0 or 1", target, [[0, 0], [1, 1]]); // prettier-ignore
  return reduce(sparsePlus(where(target.ne(0), input.neg(), input)), reduction);
}

/** {@link sparsemaxLoss} as a layer. */
export class SparsemaxLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "SparsemaxLoss";

  constructor(options: ReductionOptions = {}) {
    super(sparsemaxLoss, reductionTable, options);
  }
}
