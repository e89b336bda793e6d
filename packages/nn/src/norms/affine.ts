import type { Tensor } from "@tapegrad/tensor";

/** `x · weight + bias` with whichever of the two is given; both must broadcast to `x`. */
export function affine(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? x : x.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}
