import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { softplus } from "../activations/softplus.ts";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkLabelled, logSumOfChosen, offDiagonal, sameLabels } from "./label-pairs.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link ntXentLoss}. */
export interface NTXentLossOptions extends ReductionOptions {
  /** What cosines are divided by; 0.07 unless given. */
  readonly temperature?: number;
}

const table: OptionTable<NTXentLossOptions> = { temperature: option(ranges.positive, 0.07), reduction };

/**
 * Normalized temperature-scaled cross-entropy: turns samples of one label into one direction and away from all others.
 * For each pair i ≠ j of one label, `ℓ = −log(e^{s[i,j]} / (e^{s[i,j]} + Σ_k e^{s[i,k]}))` over the samples k of other labels,
 * with `s = cos / temperature`; "mean" divides by the number of such pairs, NaN if there is none.
 *
 * @param embeddings `[N, D]`, of any length
 * @param labels int32 `[N]`; two views of one sample have the same
 * @returns shape `[]`, or `[N, N]` with reduction "none", 0 for what is no such pair
 * @throws {ShapeError | DTypeError} if embeddings or labels do not fit
 * @see Chen et al., A Simple Framework for Contrastive Learning of Visual Representations (2020),
 * https://arxiv.org/abs/2002.05709
 * @example
 * const labels = tensor([0, 0, 1], { dtype: "int32" });
 * ntXentLoss(tensor([[1, 0], [0, 2], [0, 1]]), labels, { temperature: 1 }).item(); // => 1.00320
 * new NTXentLoss().forward(tensor([[1, 0], [2, 0], [0, 1]]), labels).item(); // => 0.00000
 */
export function ntXentLoss(embeddings: Tensor, labels: Tensor, options: NTXentLossOptions = {}): Tensor {
  expectTensor("ntXentLoss", "embeddings", embeddings);
  expectTensor("ntXentLoss", "labels", labels);
  const { temperature, reduction } = settleOptions("ntXentLoss", options, table);
  checkLabelled("ntXentLoss", ["embeddings", embeddings, "labels", labels]);
  const count = labels.size;
  const same = sameLabels(labels, labels);
  const pairs = same.logicalAnd(offDiagonal(count, count));
  const lengths = embeddings.norm({ axis: 1, keepDims: true });
  const directions = embeddings.div(lengths.clamp(1e-12));
  const scores = directions.matmul(directions.transpose()).div(temperature);
  const others = logSumOfChosen(scores, same.logicalNot());
  // −log(e^s / (e^s + e^o)) = log(1 + e^(o − s))
  const apart = softplus(others.unsqueeze(1).sub(scores), { threshold: Number.MAX_VALUE });
  const losses = apart.maskedFill(pairs.logicalNot(), 0);
  if (reduction !== "mean") return reduce(losses, reduction);
  return losses.sum().div(pairs.to(losses.dtype).sum());
}

/** {@link ntXentLoss} as a layer. */
export class NTXentLoss extends FunctionLayer<NTXentLossOptions, [embeddings: Tensor, labels: Tensor]> {
  static override readonly name: string = "NTXentLoss";

  constructor(options: NTXentLossOptions = {}) {
    super(ntXentLoss, table, options);
  }
}
