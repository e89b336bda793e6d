import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/** Options of {@link poissonNllLoss}. */
export interface PoissonNllLossOptions extends ReductionOptions {
  /** Whether the input is the logarithm of the rate; true unless given. */
  readonly logInput?: boolean;
  /** Add Stirling's approximation of `log t!` for targets above 1. */
  readonly full?: boolean;
  /** Added to the rate inside the logarithm, in units of the rate; 1e-8 unless given. */
  readonly eps?: number;
}

const fn = "poissonNllLoss";

const table: OptionTable<PoissonNllLossOptions> = {
  logInput: option(ranges.flag, true),
  full: option(ranges.flag, false),
  eps: option(ranges.nonNegative, 1e-8),
  reduction,
};

/**
 * Negative log-likelihood of counts under a Poisson distribution:
 * `ℓ = exp(x) − t · x`; without `logInput`, `ℓ = x − t · log(x + eps)`. `full` adds
 * `t · log t − t + log(2π·t)/2` where `t > 1`; the rest of `log t!` does not depend on the input. An infinite rate costs
 * ∞; a rate of 0 costs 0 where `t = 0` and ∞ elsewhere.
 *
 * @param input logarithms of rates, or rates, of any shape
 * @param target counts of the same shape
 * @see Nelder and Wedderburn, Generalized Linear Models (1972), https://doi.org/10.2307/2344614
 * @example
 * poissonNllLoss(tensor([0, 1]), tensor([2, 1]), { reduction: "none" }).toArray(); // => [1, 1.71828]
 * new PoissonNLLLoss().forward(tensor([0]), tensor([2])).item(); // => 1
 */
export function poissonNllLoss(input: Tensor, target: Tensor, options: PoissonNllLossOptions = {}): Tensor {
  expectTensor("poissonNllLoss", "input", input);
  expectTensor("poissonNllLoss", "target", target);
  const { logInput, full, eps, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  const losses = logInput ? ofLogRate(input, target) : ofRate(input, target, eps);
  return reduce(full ? losses.add(stirling(target)) : losses, reduction);
}

/** {@link poissonNllLoss} as a layer. */
export class PoissonNLLLoss extends FunctionLayer<PoissonNllLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "PoissonNLLLoss";

  constructor(options: PoissonNllLossOptions = {}) {
    super(poissonNllLoss, table, options);
  }
}

/** `exp(x) − t · x`, where `exp(x)` decides about ∞, and `x = −∞` costs nothing for a count of 0. */
function ofLogRate(input: Tensor, target: Tensor): Tensor {
  return input.exp().sub(timesOrZero(target, input.maskedFill(input.eq(Infinity), 0)));
}

/** `x − t · log(x + eps)`, the same. The logarithm is taken of 1 where it does not count, so that no ∞ reaches the gradient. */
function ofRate(input: Tensor, target: Tensor, eps: number): Tensor {
  const rate = input.add(eps);
  const idle = rate.eq(Infinity).logicalOr(rate.eq(0).logicalAnd(target.eq(0)));
  return input.sub(target.mul(rate.maskedFill(idle, 1).log()));
}

/** `t · log t − t + log(2π·t)/2` where `t > 1`, else 0; the logarithm is taken of 1 there, so that no ∞ reaches the gradient. */
function stirling(target: Tensor): Tensor {
  const low = target.le(1);
  const log = target.maskedFill(low, 1).log();
  const half = log.add(Math.log(2 * Math.PI)).mul(0.5);
  return target.mul(log).sub(target).add(half).maskedFill(low, 0);
}
