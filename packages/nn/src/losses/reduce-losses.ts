import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkBroadcast, checkFloat } from "./check-target.ts";
import { reduce, type Reduction } from "./reduction.ts";
import { weights } from "./weighted-loss.ts";
import { withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link reduceLosses}. */
export interface ReduceLossesOptions {
  /** Weight of each loss; broadcasts to the losses. 1 unless given. */
  readonly weight?: Tensor | undefined;
  /** What the sum is divided by, if there is one; "mean" unless given. */
  readonly reduction?: Reduction | "meanByCount" | "meanByNonzeroWeights";
}

const fn = "reduceLosses";

const table: OptionTable<ReduceLossesOptions> = {
  weight: weights,
  reduction: option(ranges.oneOf("none", "mean", "sum", "meanByCount", "meanByNonzeroWeights"), "mean"),
};

/**
 * Weighs and reduces losses of one's own, or those of a loss with reduction "none": `Σ w·ℓ / d`
 *
 * - "mean": `d = Σ w` over all losses, Keras' `mean_with_sample_weight` and the MEAN of TensorFlow.js
 * - "meanByCount": `d` is how many losses there are, Keras' `sum_over_batch_size`
 * - "meanByNonzeroWeights": `d` is how many weights are not 0, the SUM_BY_NONZERO_WEIGHTS of TensorFlow.js
 *
 * What has weight 0 is 0, whatever its loss is. A mean of nothing is NaN.
 *
 * @param losses of any shape
 * @throws {ShapeError} for a weight that does not broadcast to the losses
 * @example
 * const [losses, weight] = [tensor([1, 2, 3, 4]), tensor([0, 0.5, 0.5, 1])];
 * reduceLosses(losses, { weight }).item(); // => 3.25
 * reduceLosses(losses, { weight, reduction: "meanByNonzeroWeights" }).item(); // => 2.16667
 * reduceLosses(losses, { weight, reduction: "meanByCount" }).item(); // => 1.625
 */
export function reduceLosses(losses: Tensor, options: ReduceLossesOptions = {}): Tensor {
  expectTensor(fn, "losses", losses);
  const { weight, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "losses", losses);
  checkBroadcast(fn, "weight", weight, losses);
  const kept = withoutRuledOut(losses, weight);
  if (reduction === "meanByCount") return weigh(kept, weight).mean();
  if (reduction !== "meanByNonzeroWeights") return reduceWeighted(kept, weight, reduction);
  const counted = weight?.ne(0).to(losses.dtype).broadcastTo(losses.shape).sum();
  return weigh(kept, weight)
    .sum()
    .div(counted ?? losses.size);
}

/** `w·ℓ`, of losses that are numbers where `w` is 0. */
export function weigh(losses: Tensor, weight: Tensor | undefined): Tensor {
  return weight === undefined ? losses : losses.mul(weight);
}

/** Weighs and reduces; a weighted mean divides by the sum of all weights. */
export function reduceWeighted(losses: Tensor, weight: Tensor | undefined, by: Reduction): Tensor {
  const weighed = weigh(losses, weight);
  if (weight === undefined || by !== "mean") return reduce(weighed, by);
  return weighed.sum().div(weight.broadcastTo(losses.shape).sum());
}
