import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { reduce, type Reduction } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/** Options of {@link klDivLoss}. */
export interface KlDivLossOptions {
  /** "batchmean" divides the sum by the extent of axis 0, which is the divergence per row; "mean" unless given. */
  readonly reduction?: Reduction | "batchmean";
  /** Whether the target holds log-probabilities too. */
  readonly logTarget?: boolean;
}

const table: OptionTable<KlDivLossOptions> = {
  logTarget: option(ranges.flag, false),
  reduction: option(ranges.oneOf("none", "mean", "sum", "batchmean"), "mean"),
};

/**
 * Kullback-Leibler divergence of the target from the input, which holds log-probabilities:
 * `ℓ = t · (log t − x)`; with `logTarget`, `ℓ = exp(t) · (t − x)`. Where the target's probability is 0, so are the
 * loss and its gradient, also for `x = −∞`; elsewhere `x = −∞` costs ∞.
 *
 * @param input log-probabilities of any shape
 * @param target probabilities, or log-probabilities, of the same shape
 * @see Kullback and Leibler, On Information and Sufficiency (1951), https://doi.org/10.1214/aoms/1177729694
 * @example
 * klDivLoss(tensor([[-1, -2]]), tensor([[0, 1]]), { reduction: "batchmean" }).item(); // => 2
 * new KLDivLoss({ reduction: "sum" }).forward(tensor([-1, -2]), tensor([0, 1])).item(); // => 2
 */
export function klDivLoss(input: Tensor, target: Tensor, options: KlDivLossOptions = {}): Tensor {
  expectTensor("klDivLoss", "input", input);
  expectTensor("klDivLoss", "target", target);
  const { logTarget, reduction } = settleOptions("klDivLoss", options, table);
  checkFloat("klDivLoss", "input", input);
  checkSameShape("klDivLoss", input, target);
  const losses = logTarget ? logarithmic(input, target) : negativeEntropy(target).sub(timesOrZero(target, input));
  if (reduction !== "batchmean") return reduce(losses, reduction);
  return losses.sum().div(input.shape[0] ?? 1);
}

/** {@link klDivLoss} as a layer. */
export class KLDivLoss extends FunctionLayer<KlDivLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "KLDivLoss";

  constructor(options: KlDivLossOptions = {}) {
    super(klDivLoss, table, options);
  }
}

/** `exp(t) · (t − x)`, 0 where `exp(t)` is. */
function logarithmic(input: Tensor, target: Tensor): Tensor {
  const probability = target.exp();
  return timesOrZero(probability, target.maskedFill(probability.eq(0), 0).sub(input));
}

/** `t · log t`, 0 at 0; the logarithm is taken of 1 there, so that no ∞ reaches the gradient. */
function negativeEntropy(target: Tensor): Tensor {
  return target.mul(target.maskedFill(target.eq(0), 1).log());
}
