import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { logSigmoid } from "../activations/log-sigmoid.ts";
import { checkFloat, checkPlusMinusOne, checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Logistic loss of two sides: `ℓ = log(1 + exp(−t · x))`, without overflow
 *
 * @param input scores of any shape
 * @param target 1 or −1 for each, the same shape
 * @throws {ValueError} for a target other than 1 and −1
 * @example
 * softMarginLoss(tensor([0, 10000]), tensor([1, -1]), { reduction: "none" }).toArray(); // => [0.69315, 10000]
 * new SoftMarginLoss().forward(tensor([0]), tensor([-1])).item(); // => 0.69315
 */
export function softMarginLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("softMarginLoss", "input", input);
  expectTensor("softMarginLoss", "target", target);
  const { reduction } = settleOptions("softMarginLoss", options, reductionTable);
  checkFloat("softMarginLoss", "input", input);
  checkSameShape("softMarginLoss", input, target);
  checkPlusMinusOne("softMarginLoss", target);
  return reduce(logSigmoid(input.mul(target)).neg(), reduction);
}

/** {@link softMarginLoss} as a layer. */
export class SoftMarginLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "SoftMarginLoss";

  constructor(options: ReductionOptions = {}) {
    super(softMarginLoss, reductionTable, options);
  }
}
