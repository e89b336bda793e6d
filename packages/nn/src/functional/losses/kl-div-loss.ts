import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkSameShape } from "./check-target.ts";
import { checkReduction, reduce, type Reduction } from "./reduction.ts";

/** Options of {@link klDivLoss}. */
export interface KlDivLossOptions {
  /** "batchmean" divides the sum by the extent of axis 0, which is the divergence per row; "mean" unless given. */
  readonly reduction?: Reduction | "batchmean";
  /** Whether the target holds log-probabilities too. */
  readonly logTarget?: boolean;
}

/**
 * Kullback-Leibler divergence of the target from the input, which holds log-probabilities.
 *
 * `ℓ = t · (log t − x)`, 0 where `t = 0`; with `logTarget`, `ℓ = exp(t) · (t − x)`
 *
 * @param input log-probabilities of any shape
 * @param target probabilities, or log-probabilities, of the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for unknown options
 *
 * Kullback and Leibler, On Information and Sufficiency (1951), https://doi.org/10.1214/aoms/1177729694
 *
 * @example
 * klDivLoss(tensor([[-1, -2]]), tensor([[0, 1]]), { reduction: "batchmean" }).item(); // => 2
 */
export function klDivLoss(input: Tensor, target: Tensor, options: KlDivLossOptions = {}): Tensor {
  checkOptions("klDivLoss", options, ["reduction", "logTarget"]);
  const { reduction = "mean", logTarget = false } = options;
  checkReduction("klDivLoss", reduction, ["none", "mean", "sum", "batchmean"]);
  checkSameShape("klDivLoss", input, target);
  const losses = logTarget ? target.exp().mul(target.sub(input)) : negativeEntropy(target).sub(target.mul(input));
  if (reduction !== "batchmean") return reduce(losses, reduction);
  return losses.sum().div(input.shape[0] ?? 1);
}

/** `t · log t`, 0 at 0; the logarithm is taken of 1 there, so that no ∞ reaches the gradient. */
function negativeEntropy(target: Tensor): Tensor {
  return target.mul(target.maskedFill(target.eq(0), 1).log());
}
