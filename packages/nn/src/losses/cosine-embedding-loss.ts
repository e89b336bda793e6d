import { ShapeError, type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkPlusMinusOne, checkSameShape } from "./check-target.ts";
import { smoothCosine } from "../distances/cosine.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link cosineEmbeddingLoss}. */
export interface CosineEmbeddingLossOptions extends ReductionOptions {
  /** Cosine up to which dissimilar pairs cost nothing, in [−1, 1]; 0 unless given. */
  readonly margin?: number;
}

const fn = "cosineEmbeddingLoss";

const table: OptionTable<CosineEmbeddingLossOptions> = { margin: option(ranges.interval(-1, 1), 0), reduction };

/**
 * Turns similar vectors into one direction and dissimilar ones apart:
 * `ℓ = 1 − cos(a, b)` for `t = 1`, `max(0, cos(a, b) − margin)` for `t = −1`; 1e-12 is added to both squared norms.
 *
 * @param first vectors, shape `[D]` or `[N, D]`
 * @param second vectors of the same shape
 * @param target 1 or −1 for each pair, shape `[]` or `[N]`
 * @throws {ValueError} for a target other than 1 and −1
 * @example
 * cosineEmbeddingLoss(tensor([[1, 0], [3, 4]]), tensor([[0, 2], [3, 4]]), tensor([1, -1]), { reduction: "none" }).toArray(); // => [1, 1]
 * new CosineEmbeddingLoss().forward(tensor([1, 0]), tensor([0, 2]), tensor(1)).item(); // => 1
 */
export function cosineEmbeddingLoss(
  first: Tensor,
  second: Tensor,
  target: Tensor,
  options: CosineEmbeddingLossOptions = {},
): Tensor {
  expectTensor("cosineEmbeddingLoss", "first", first);
  expectTensor("cosineEmbeddingLoss", "second", second);
  expectTensor("cosineEmbeddingLoss", "target", target);
  const { margin, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "first input", first);
  checkFloat(fn, "second input", second);
  if (first.ndim < 1 || first.ndim > 2) {
    throw new ShapeError(`${fn}: expected vectors of shape [D] or [N, D], got ${formatShape(first.shape)}.`);
  }
  checkSameShape(fn, first, second, "second input");
  const similarity = smoothCosine(first, second, -1); // [] or [N]
  checkSameShape(fn, similarity, target);
  checkPlusMinusOne(fn, target);
  return reduce(where(target.eq(1), similarity.neg().add(1), similarity.sub(margin).clamp(0)), reduction);
}

/** {@link cosineEmbeddingLoss} as a layer. */
export class CosineEmbeddingLoss extends FunctionLayer<
  CosineEmbeddingLossOptions,
  [first: Tensor, second: Tensor, target: Tensor]
> {
  static override readonly name: string = "CosineEmbeddingLoss";

  constructor(options: CosineEmbeddingLossOptions = {}) {
    super(cosineEmbeddingLoss, table, options);
  }
}
