import type { Tensor } from "@tapegrad/tensor";
import { transposedConvolution, type TransposedConvolutionOptions } from "./transposed-convolution.ts";

/**
 * One-dimensional transposed convolution, the gradient of {@link conv1d} by its input:
 * `y[n, o, p·stride + k·dilation − padding] += w[c, o, k] · x[n, c, p]`, plus `b[o]`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param weight `[C, O / groups, K]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, (L − 1)·stride − 2·padding + dilation·(K − 1) + outputPadding + 1]`
 * @throws {ShapeError} when channels do not fit
 *
 * @example
 * ```ts
 * convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10, 100]]]), undefined, { stride: 2 }).toArray(); // => [[[1, 10, 102, 20, 200]]]
 * ```
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposedConvolutionOptions = {},
): Tensor {
  return transposedConvolution(1, x, weight, bias, options);
}

/**
 * Two-dimensional transposed convolution: see {@link convTranspose1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param weight `[C, O / groups, kH, kW]`, of the dtype of `x`
 * @param bias `[O]`
 * @throws {ShapeError} when channels do not fit
 *
 * Zeiler et al. 2010, https://doi.org/10.1109/CVPR.2010.5539957
 *
 * @example
 * ```ts
 * convTranspose2d(zeros([1, 3, 3, 4]), zeros([3, 2, 3, 3]), zeros([2]), { stride: 2, padding: 1, outputPadding: 1 }).shape; // => [1, 2, 6, 8]
 * ```
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposedConvolutionOptions = {},
): Tensor {
  return transposedConvolution(2, x, weight, bias, options);
}

/**
 * Three-dimensional transposed convolution: see {@link convTranspose1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample
 * @param weight `[C, O / groups, kD, kH, kW]`, of the dtype of `x`
 * @param bias `[O]`
 * @throws {ShapeError} when channels do not fit
 *
 * @example
 * ```ts
 * convTranspose3d(zeros([1, 2, 2, 2, 2]), zeros([2, 1, 2, 2, 2]), undefined, { stride: 2 }).shape; // => [1, 1, 4, 4, 4]
 * ```
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposedConvolutionOptions = {},
): Tensor {
  return transposedConvolution(3, x, weight, bias, options);
}
