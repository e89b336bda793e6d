import type { Tensor } from "@tapegrad/tensor";

/** `x · weight + bias` with whichever of the two is given; both must broadcast to `x`. */
export function affine(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? x : x.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}

/** A per-channel vector `[C]` as `[C, 1, ..., 1]`, which broadcasts along axis 1 of `ndim` axes. */
export function perChannel(vector: Tensor, ndim: number): Tensor;
export function perChannel(vector: Tensor | undefined, ndim: number): Tensor | undefined;
export function perChannel(vector: Tensor | undefined, ndim: number): Tensor | undefined {
  if (vector === undefined || ndim === 2) return vector;
  return vector.reshape([vector.size, ...Array.from({ length: ndim - 2 }, () => 1)]);
}
