import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { pairwiseDistance } from "../distances/pairwise-distance.ts";
import { FunctionLayer } from "../module/function-layer.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { checkTriplet, tripletLosses } from "./triplet-loss.ts";

/** Options of {@link tripletMarginLoss}. */
export interface TripletMarginLossOptions extends ReductionOptions {
  /** By how much the negative shall be farther away than the positive; 1 unless given. */
  readonly margin?: number;
  /** Exponent of the norm, ±∞ and 0 included; 2 unless given. */
  readonly p?: number;
  /** Added to each difference, as in `pairwiseDistance`; 1e-6 unless given. */
  readonly eps?: number;
  /** Whether the negative is measured from the positive where that is nearer than the anchor; false unless given. */
  readonly swap?: boolean;
}

const table: OptionTable<TripletMarginLossOptions> = {
  margin: option(ranges.finite, 1),
  p: option(ranges.bound, 2),
  eps: option(ranges.finite, 1e-6),
  swap: option(ranges.flag, false),
  reduction,
};

/**
 * Draws an anchor nearer to what is like it than to what is not: `ℓ = max(0, margin + d(a, p) − d(a, n))` with
 * `d(x, y) = ‖x − y + ε‖_p`, PyTorch's; with `swap`, `min(d(a, n), d(p, n))` in the place of the last.
 *
 * @param anchor vectors `[..., D]`
 * @param positive vectors of the same shape that are like the anchor
 * @param negative vectors of the same shape that are not
 * @returns shape `[]`, or `[...]` with reduction "none"
 * @throws {ShapeError} if the shapes differ
 * @see Balntas et al., Learning Local Feature Descriptors with Triplets (2016), https://doi.org/10.5244/C.30.119
 * @example
 * const [a, p, n] = [tensor([[0, 0]]), tensor([[1, 0]]), tensor([[0, 1.5]])];
 * tripletMarginLoss(a, p, n, { eps: 0 }).item(); // => 0.5
 * new TripletMarginLoss({ margin: 2, eps: 0 }).forward(a, p, n).item(); // => 1.5
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  const { margin, p, eps, swap, reduction } = settleOptions("tripletMarginLoss", options, table);
  const triplet = { anchor, positive, negative };
  checkTriplet("tripletMarginLoss", triplet);
  const distance = (x: Tensor, y: Tensor): Tensor => pairwiseDistance(x, y, { p, eps });
  return reduce(tripletLosses(triplet, distance, margin, swap), reduction);
}

/** {@link tripletMarginLoss} as a layer. */
export class TripletMarginLoss extends FunctionLayer<
  TripletMarginLossOptions,
  [anchor: Tensor, positive: Tensor, negative: Tensor]
> {
  static override readonly name: string = "TripletMarginLoss";

  constructor(options: TripletMarginLossOptions = {}) {
    super(tripletMarginLoss, table, options);
  }
}
