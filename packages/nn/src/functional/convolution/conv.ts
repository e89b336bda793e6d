import type { Tensor } from "@tapegrad/tensor";
import { convolution, type ConvolutionOptions } from "./convolution.ts";

/**
 * One-dimensional convolution (cross-correlation): `y[n, o, p] = b[o] + Σ w[o, c, k] · x[n, c, p·stride + k·dilation]`.
 *
 * @param x `[N, C, L]`, or `[C, L]` for one sample
 * @param weight `[O, C / groups, K]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, L']` with `L' = ⌊(L + padding − dilation·(K − 1) − 1) / stride⌋ + 1`
 * @throws {ShapeError} when channels do not fit or the window is larger than the padded input
 *
 * @example
 * ```ts
 * conv1d(tensor([[[1, 2, 4, 8]]]), tensor([[[-1, 1]]])).toArray(); // => [[[1, 2, 4]]]
 * ```
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  return convolution(1, x, weight, bias, options);
}

/**
 * Two-dimensional convolution (cross-correlation) of images: see {@link conv1d}.
 *
 * @param x `[N, C, H, W]`, or `[C, H, W]` for one sample
 * @param weight `[O, C / groups, kH, kW]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, H', W']`
 * @throws {ShapeError} when channels do not fit or the window is larger than the padded input
 *
 * LeCun et al. 1989, https://doi.org/10.1162/neco.1989.1.4.541
 *
 * @example
 * ```ts
 * const edges = tensor([[[[1, -1]]]]);
 * conv2d(tensor([[[[3, 3, 0], [5, 1, 1]]]]), edges).toArray(); // => [[[[0, 3], [4, 0]]]]
 * conv2d(zeros([8, 4, 9, 9]), zeros([6, 2, 3, 3]), zeros([6]), { stride: 2, padding: 1, groups: 2 }).shape; // => [8, 6, 5, 5]
 * ```
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  return convolution(2, x, weight, bias, options);
}

/**
 * Three-dimensional convolution (cross-correlation) of volumes: see {@link conv1d}.
 *
 * @param x `[N, C, D, H, W]`, or `[C, D, H, W]` for one sample
 * @param weight `[O, C / groups, kD, kH, kW]`, of the dtype of `x`
 * @param bias `[O]`
 * @returns `[N, O, D', H', W']`
 * @throws {ShapeError} when channels do not fit or the window is larger than the padded input
 *
 * @example
 * ```ts
 * conv3d(zeros([1, 2, 5, 6, 7]), zeros([3, 2, 3, 3, 3]), undefined, { padding: "same" }).shape; // => [1, 3, 5, 6, 7]
 * ```
 */
export function conv3d(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  return convolution(3, x, weight, bias, options);
}
