import type { Tensor } from "@tapegrad/tensor";
import { promote } from "@tapegrad/tensor/internal";

/**
 * Cosine of the angle between vectors along an axis.
 *
 * @param least what squared lengths are taken for, so that none is 0
 */
export function cosine(first: Tensor, second: Tensor, axis: number, least: (squares: Tensor) => Tensor): Tensor {
  // In float64, where no product or square of float32 overflows or vanishes.
  const [a, b] = [first.to("float64"), second.to("float64")];
  const length = (vectors: Tensor): Tensor => least(vectors.square().sum({ axis })).sqrt();
  // Two roots instead of the root of the product, which overflows sooner.
  return a.mul(b).sum({ axis }).div(length(a)).div(length(b)).to(promote(first.dtype, second.dtype));
}

/** The {@link cosine} of losses: 1e-12 is added to both squared lengths. */
export function smoothCosine(first: Tensor, second: Tensor, axis: number): Tensor {
  return cosine(first, second, axis, (squares) => squares.add(1e-12));
}
