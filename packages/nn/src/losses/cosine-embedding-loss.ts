import { ShapeError, type Tensor, where } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  promote,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkPlusMinusOne, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link cosineEmbeddingLoss}. */
export interface CosineEmbeddingLossOptions extends ReductionOptions {
  /** Cosine up to which dissimilar pairs cost nothing, in [−1, 1]; 0 unless given. */
  readonly margin?: number;
}

const fn = "cosineEmbeddingLoss";
const smallestSquare = 1e-12;

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
  // In float64, where no product or square of float32 overflows or vanishes.
  const [a, b] = [first.to("float64"), second.to("float64")];
  const product = a.mul(b).sum({ axis: -1 }); // [] or [N]
  checkSameShape(fn, product, target);
  checkPlusMinusOne(fn, target);
  // Two roots instead of the root of the product, which overflows sooner.
  const cosine = product.div(length(a)).div(length(b)).to(promote(first.dtype, second.dtype));
  return reduce(where(target.eq(1), cosine.neg().add(1), cosine.sub(margin).clamp(0)), reduction);
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

function length(vectors: Tensor): Tensor {
  return vectors.square().sum({ axis: -1 }).add(smallestSquare).sqrt();
}
