import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { softplus } from "../activations/softplus.ts";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Squared error near the target, absolute error far from it, and smooth between them:
 * `ℓ = log cosh d = |d| + log(1 + exp(−2·|d|)) − log 2`, with `d = x − t`
 *
 * @param target of the shape of the input
 * @see Green, Bayesian Reconstructions from Emission Tomography Data (1990), https://doi.org/10.1109/42.52985
 * @example
 * logCoshLoss(tensor([1, 100]), tensor([1, 0]), { reduction: "none" }).toArray(); // => [0, 99.30685]
 * new LogCoshLoss().forward(tensor([1]), tensor([0])).item(); // => 0.43378
 */
export function logCoshLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("logCoshLoss", "input", input);
  expectTensor("logCoshLoss", "target", target);
  const { reduction } = settleOptions("logCoshLoss", options, reductionTable);
  checkSameShape("logCoshLoss", input, target);
  const error = input.sub(target);
  // Not |d|, which has no second derivative at 0.
  const size = where(error.lt(0), error.neg(), error);
  return reduce(softplus(size.mul(-2)).add(size).sub(Math.LN2), reduction);
}

/** {@link logCoshLoss} as a layer. */
export class LogCoshLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "LogCoshLoss";

  constructor(options: ReductionOptions = {}) {
    super(logCoshLoss, reductionTable, options);
  }
}
