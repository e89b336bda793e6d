import type { Tensor } from "@tapegrad/tensor";
import { promote } from "@tapegrad/tensor/internal";

const smallestSquare = 1e-12;

/** Cosine of the angle between vectors along an axis; 1e-12 is added to both squared norms. */
export function cosine(first: Tensor, second: Tensor, axis: number): Tensor {
  // In float64, where no product or square of float32 overflows or vanishes.
  const [a, b] = [first.to("float64"), second.to("float64")];
  const length = (vectors: Tensor): Tensor => vectors.square().sum({ axis }).add(smallestSquare).sqrt();
  // Two roots instead of the root of the product, which overflows sooner.
  return a.mul(b).sum({ axis }).div(length(a)).div(length(b)).to(promote(first.dtype, second.dtype));
}
