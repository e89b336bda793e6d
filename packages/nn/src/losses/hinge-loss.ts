import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { hingeMargin } from "./hinge-margin.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Loss of a maximum margin: `ℓ = max(0, 1 − t · x)`, where a target of 0 stands for −1
 *
 * @param input scores of any shape
 * @param target 1, and −1 or 0, for each, the same shape
 * @throws {ValueError} for another target
 * @see Cortes and Vapnik, Support-Vector Networks (1995), https://doi.org/10.1007/BF00994018
 * @example
 * hingeLoss(tensor([0.5, 0.5, 2]), tensor([1, -1, 1]), { reduction: "none" }).toArray(); // => [0.5, 1.5, 0]
 * new HingeLoss().forward(tensor([0.5]), tensor([0])).item(); // => 1.5
 */
export function hingeLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("hingeLoss", "input", input);
  expectTensor("hingeLoss", "target", target);
  const { reduction } = settleOptions("hingeLoss", options, reductionTable);
  return reduce(hingeMargin("hingeLoss", input, target), reduction);
}

/** {@link hingeLoss} as a layer. */
export class HingeLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "HingeLoss";

  constructor(options: ReductionOptions = {}) {
    super(hingeLoss, reductionTable, options);
  }
}
