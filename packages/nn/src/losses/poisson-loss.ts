import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { poissonNllLoss } from "./poisson-nll-loss.ts";
import { type ReductionOptions, reductionTable } from "./reduction.ts";

/** Added to the rate inside the logarithm. */
const eps = 1e-7;

/**
 * Negative log-likelihood of counts under a Poisson distribution with the input as rate, as Keras has it:
 * `ℓ = x − t · log(x + 1e-7)`. See `poissonNllLoss` for logarithms of rates.
 *
 * @param input rates of any shape
 * @param target counts of the same shape
 * @example
 * poissonLoss(tensor([1, 2]), tensor([2, 0]), { reduction: "none" }).toArray(); // => [1, 2]
 * new PoissonLoss().forward(tensor([2]), tensor([1])).item(); // => 1.30685
 */
export function poissonLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("poissonLoss", "input", input);
  expectTensor("poissonLoss", "target", target);
  const { reduction } = settleOptions("poissonLoss", options, reductionTable);
  checkFloat("poissonLoss", "input", input);
  checkSameShape("poissonLoss", input, target);
  return poissonNllLoss(input, target, { logInput: false, eps, reduction });
}

/** {@link poissonLoss} as a layer. */
export class PoissonLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "PoissonLoss";

  constructor(options: ReductionOptions = {}) {
    super(poissonLoss, reductionTable, options);
  }
}
