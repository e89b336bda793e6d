import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Squared error: `ℓ = (x − t)²`
 *
 * @param target of the shape of the input
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 * new MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 */
export function mseLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("mseLoss", "input", input);
  expectTensor("mseLoss", "target", target);
  const { reduction } = settleOptions("mseLoss", options, reductionTable);
  checkSameShape("mseLoss", input, target);
  return reduce(input.sub(target).square(), reduction);
}

/** {@link mseLoss} as a layer. */
export class MSELoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MSELoss";

  constructor(options: ReductionOptions = {}) {
    super(mseLoss, reductionTable, options);
  }
}
