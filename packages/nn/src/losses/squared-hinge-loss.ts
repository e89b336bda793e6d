import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { hingeMargin } from "./hinge-margin.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Square of the hinge loss: `ℓ = max(0, 1 − t · x)²`, where a target of 0 stands for −1
 *
 * @param input scores of any shape
 * @param target 1, and −1 or 0, for each, the same shape
 * @throws {ValueError} for another target
 * @see Lee and Lin, A Study on L2-Loss Multiclass SVM (2013), https://doi.org/10.1162/NECO_a_00434
 * @example
 * squaredHingeLoss(tensor([0.5, 0.5, 2]), tensor([1, -1, 1]), { reduction: "none" }).toArray(); // => [0.25, 2.25, 0]
 * new SquaredHingeLoss().forward(tensor([0.5]), tensor([0])).item(); // => 2.25
 */
export function squaredHingeLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("squaredHingeLoss", "input", input);
  expectTensor("squaredHingeLoss", "target", target);
  const { reduction } = settleOptions("squaredHingeLoss", options, reductionTable);
  return reduce(hingeMargin("squaredHingeLoss", input, target).square(), reduction);
}

/** {@link squaredHingeLoss} as a layer. */
export class SquaredHingeLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "SquaredHingeLoss";

  constructor(options: ReductionOptions = {}) {
    super(squaredHingeLoss, reductionTable, options);
  }
}
