import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { classAxis } from "./class-targets.ts";
import { klDivLoss } from "./kl-div-loss.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Kullback-Leibler divergence of weights that need not have a sum of 1, from those whose logarithms the input holds:
 * `ℓ = Σ_c (t[c] · (log t[c] − x[c]) + exp(x[c]) − t[c])`
 *
 * @param input logarithms of shape `[C]` or `[N, C, d₁, ...]`; −∞ stands for a weight of 0
 * @param target weights ≥ 0 of the same shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @see Bregman, The Relaxation Method of Finding the Common Point of Convex Sets (1967),
 * https://doi.org/10.1016/0041-5553(67)90040-7
 * @example
 * generalizedKlDivergenceLoss(tensor([[0, 0]]), tensor([[1, 2]])).item(); // => 0.38629
 * new GeneralizedKLDivergenceLoss({ reduction: "sum" }).forward(tensor([0]), tensor([0])).item(); // => 1
 */
export function generalizedKlDivergenceLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("generalizedKlDivergenceLoss", "input", input);
  expectTensor("generalizedKlDivergenceLoss", "target", target);
  const { reduction } = settleOptions("generalizedKlDivergenceLoss", options, reductionTable);
  const axis = classAxis("generalizedKlDivergenceLoss", input);
  checkSameShape("generalizedKlDivergenceLoss", input, target);
  const divergence = klDivLoss(input, target, { reduction: "none" });
  return reduce(divergence.add(input.exp()).sub(target).sum({ axis }), reduction);
}

/** {@link generalizedKlDivergenceLoss} as a layer. */
export class GeneralizedKLDivergenceLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "GeneralizedKLDivergenceLoss";

  constructor(options: ReductionOptions = {}) {
    super(generalizedKlDivergenceLoss, reductionTable, options);
  }
}
