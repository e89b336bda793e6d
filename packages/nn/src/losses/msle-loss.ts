import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Squared error of logarithms: `ℓ = (log(1 + x) − log(1 + t))²`, of numbers below 0 as of 0
 *
 * @param target of the shape of the input
 * @example
 * msleLoss(tensor([0, 7]), tensor([1, 7]), { reduction: "none" }).toArray(); // => [0.48045, 0]
 * new MSLELoss().forward(tensor([0]), tensor([1])).item(); // => 0.48045
 */
export function msleLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("msleLoss", "input", input);
  expectTensor("msleLoss", "target", target);
  const { reduction } = settleOptions("msleLoss", options, reductionTable);
  checkSameShape("msleLoss", input, target);
  return reduce(input.clamp(0).log1p().sub(target.clamp(0).log1p()).square(), reduction);
}

/** {@link msleLoss} as a layer. */
export class MSLELoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MSLELoss";

  constructor(options: ReductionOptions = {}) {
    super(msleLoss, reductionTable, options);
  }
}
