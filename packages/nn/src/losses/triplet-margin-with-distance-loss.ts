import type { Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { pairwiseDistance } from "../distances/pairwise-distance.ts";
import { FunctionLayer } from "../module/function-layer.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { checkTriplet, tripletLosses } from "./triplet-loss.ts";

/** A distance of vectors: of two tensors of one shape, whose result has one number for each pair. */
export type DistanceFunction = (first: Tensor, second: Tensor) => Tensor;

/** Options of {@link tripletMarginWithDistanceLoss}. */
export interface TripletMarginWithDistanceLossOptions extends ReductionOptions {
  /** What is measured; `pairwiseDistance` unless given. */
  readonly distanceFunction?: DistanceFunction | undefined;
  /** By how much the negative shall be farther away than the positive; 1 unless given. */
  readonly margin?: number;
  /** Whether the negative is measured from the positive where that is nearer than the anchor; false unless given. */
  readonly swap?: boolean;
}

const table: OptionTable<TripletMarginWithDistanceLossOptions> = {
  distanceFunction: optional(ranges.callable<DistanceFunction>()),
  margin: option(ranges.finite, 1),
  swap: option(ranges.flag, false),
  reduction,
};

const ofPairs: DistanceFunction = (first, second) => pairwiseDistance(first, second);

/**
 * Draws an anchor nearer to what is like it than to what is not, by a distance of one's own:
 * `ℓ = max(0, margin + d(a, p) − d(a, n))`; with `swap`, `min(d(a, n), d(p, n))` in the place of the last.
 *
 * @param anchor vectors of any shape that the distance takes
 * @param positive vectors of the same shape that are like the anchor
 * @param negative vectors of the same shape that are not
 * @returns shape `[]`, or that of the distances with reduction "none"
 * @throws {ShapeError} if the shapes differ
 * @see Balntas et al., Learning Local Feature Descriptors with Triplets (2016), https://doi.org/10.5244/C.30.119
 * @example
 * const [a, p, n] = [tensor([[0, 0]]), tensor([[1, 0]]), tensor([[0, 1.5]])];
 * const distanceFunction = (x: Tensor, y: Tensor): Tensor => x.sub(y).abs().sum({ axis: -1 });
 * tripletMarginWithDistanceLoss(a, p, n, { distanceFunction }).item(); // => 0.5
 * new TripletMarginWithDistanceLoss({ distanceFunction, margin: 2 }).forward(a, p, n).item(); // => 1.5
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginWithDistanceLossOptions = {},
): Tensor {
  const fn = "tripletMarginWithDistanceLoss";
  const { distanceFunction = ofPairs, margin, swap, reduction } = settleOptions(fn, options, table);
  const triplet = { anchor, positive, negative };
  checkTriplet(fn, triplet);
  return reduce(tripletLosses(triplet, distanceFunction, margin, swap), reduction);
}

/** {@link tripletMarginWithDistanceLoss} as a layer. */
export class TripletMarginWithDistanceLoss extends FunctionLayer<
  TripletMarginWithDistanceLossOptions,
  [anchor: Tensor, positive: Tensor, negative: Tensor]
> {
  static override readonly name: string = "TripletMarginWithDistanceLoss";

  constructor(options: TripletMarginWithDistanceLossOptions = {}) {
    super(tripletMarginWithDistanceLoss, table, options);
  }
}
