import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { raisedProbabilities } from "./class-probabilities.ts";
import { classAxis } from "./class-targets.ts";
import { klDivLoss } from "./kl-div-loss.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Kullback-Leibler divergence of target distributions from those of the input, as Keras has it:
 * `ℓ = Σ_c t[c] · log(t[c] / p[c])`, with probabilities of the input of at least 1e-7. See `klDivLoss` for log-probabilities.
 *
 * @param input probabilities of shape `[C]` or `[N, C, d₁, ...]`
 * @param target probabilities of the same shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for an input outside [0, 1]
 * @example
 * klDivergenceLoss(tensor([[0.6, 0.4], [0.5, 0.5]]), tensor([[0, 1], [0.5, 0.5]])).item(); // => 0.45815
 * new KLDivergenceLoss({ reduction: "sum" }).forward(tensor([0.25, 0.75]), tensor([0.5, 0.5])).item(); // => 0.14384
 */
export function klDivergenceLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("klDivergenceLoss", "input", input);
  expectTensor("klDivergenceLoss", "target", target);
  const { reduction } = settleOptions("klDivergenceLoss", options, reductionTable);
  const axis = classAxis("klDivergenceLoss", input);
  checkSameShape("klDivergenceLoss", input, target);
  const log = raisedProbabilities("klDivergenceLoss", input).log();
  return reduce(klDivLoss(log, target, { reduction: "none" }).sum({ axis }), reduction);
}

/** {@link klDivergenceLoss} as a layer. */
export class KLDivergenceLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "KLDivergenceLoss";

  constructor(options: ReductionOptions = {}) {
    super(klDivergenceLoss, reductionTable, options);
  }
}
