import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkPlusMinusOne, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link hingeEmbeddingLoss}. */
export interface HingeEmbeddingLossOptions extends ReductionOptions {
  /** Distance from which dissimilar pairs cost nothing; 1 unless given. */
  readonly margin?: number;
}

const table: OptionTable<HingeEmbeddingLossOptions> = { margin: option(ranges.finite, 1), reduction };

/**
 * Keeps the distances of similar pairs small and those of dissimilar pairs beyond a margin:
 * `ℓ = x` for `t = 1`, `max(0, margin − x)` for `t = −1`
 *
 * @param input distances of any shape
 * @param target 1 or −1 for each, the same shape
 * @throws {ValueError} for a target other than 1 and −1
 * @see Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping (2006),
 * https://doi.org/10.1109/CVPR.2006.100
 * @example
 * hingeEmbeddingLoss(tensor([0.5, 0.25, 3]), tensor([1, -1, -1]), { reduction: "none" }).toArray(); // => [0.5, 0.75, 0]
 * new HingeEmbeddingLoss({ margin: 2 }).forward(tensor([0.5]), tensor([-1])).item(); // => 1.5
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options: HingeEmbeddingLossOptions = {}): Tensor {
  expectTensor("hingeEmbeddingLoss", "input", input);
  expectTensor("hingeEmbeddingLoss", "target", target);
  const { margin, reduction } = settleOptions("hingeEmbeddingLoss", options, table);
  checkFloat("hingeEmbeddingLoss", "input", input);
  checkSameShape("hingeEmbeddingLoss", input, target);
  checkPlusMinusOne("hingeEmbeddingLoss", target);
  return reduce(where(target.eq(1), input, input.neg().add(margin).clamp(0)), reduction);
}

/** {@link hingeEmbeddingLoss} as a layer. */
export class HingeEmbeddingLoss extends FunctionLayer<HingeEmbeddingLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "HingeEmbeddingLoss";

  constructor(options: HingeEmbeddingLossOptions = {}) {
    super(hingeEmbeddingLoss, table, options);
  }
}
