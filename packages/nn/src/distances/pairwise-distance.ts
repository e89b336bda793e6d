import type { Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  broadcastShapes,
  expectTensor,
  normalizeAxis,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link pairwiseDistance}. */
export interface PairwiseDistanceOptions {
  /** Exponent of the norm, ±∞ and 0 included; 2 unless given. */
  readonly p?: number;
  /** Added to each difference, so that the gradient of equal vectors is not that of a norm at 0; 1e-6 unless given. */
  readonly eps?: number;
  /** Keep the last axis, with extent 1. Default: false. */
  readonly keepDims?: boolean;
}

const fn = "pairwiseDistance";

const table: OptionTable<PairwiseDistanceOptions> = {
  p: option(ranges.bound, 2),
  eps: option(ranges.finite, 1e-6),
  keepDims: option(ranges.flag, false),
};

/**
 * Distance of vectors along the last axis: `‖x₁ − x₂ + ε‖_p`
 *
 * @param first vectors `[..., D]`
 * @param second vectors of a shape that broadcasts with that of `first`
 * @returns the shape of both without the last axis
 * @throws {ShapeError} for shapes that do not broadcast, or have no axes
 * @example
 * pairwiseDistance(tensor([[3, 0], [1, 1]]), tensor([[0, 4], [1, 1]]), { eps: 0 }).toArray(); // => [5, 0]
 * new PairwiseDistance({ p: 1, eps: 0 }).forward(tensor([3, 0]), tensor([0, 4])).item(); // => 7
 */
export function pairwiseDistance(first: Tensor, second: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  expectTensor(fn, "first", first);
  expectTensor(fn, "second", second);
  const { p, eps, keepDims } = settleOptions(fn, options, table);
  normalizeAxis(fn, -1, broadcastShapes(fn, first.shape, second.shape).length);
  return asFloat(first).sub(asFloat(second)).add(eps).norm({ p, axis: -1, keepDims });
}

/** {@link pairwiseDistance} as a layer. */
export class PairwiseDistance extends FunctionLayer<PairwiseDistanceOptions, [first: Tensor, second: Tensor]> {
  static override readonly name: string = "PairwiseDistance";

  constructor(options: PairwiseDistanceOptions = {}) {
    super(pairwiseDistance, table, options);
  }
}
