import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, formatShape, sizeOf } from "@tapegrad/tensor/internal";

/**
 * How much the channels of an image go together, wherever they do, which is its style: `G = F·Fᵀ / (C·P)`, where F is
 * the image as C rows of P positions.
 *
 * @param x `[N, C, ...]`, such as what a convolution gives
 * @returns `[N, C, C]`
 * @throws {ShapeError} for fewer than two axes
 * @see Johnson, Alahi and Fei-Fei, Perceptual Losses for Real-Time Style Transfer (2016), https://arxiv.org/abs/1603.08155
 * @example
 * gramMatrix(tensor([[[1, 2], [0, 1]]])).toArray(); // => [[[1.25, 0.5], [0.5, 0.25]]]
 */
export function gramMatrix(x: Tensor, ...none: []): Tensor {
  expectNothing("gramMatrix", none);
  expectTensor("gramMatrix", "x", x);
  return gramMatrixOf("gramMatrix", x);
}

/** {@link gramMatrix}, under the name that was called. */
export function gramMatrixOf(fn: string, x: Tensor): Tensor {
  const [samples, channels, ...rest] = x.shape;
  if (samples === undefined || channels === undefined) {
    throw new ShapeError(`${fn}: expected input of shape [N, C, ...], got ${formatShape(x.shape)}.`);
  }
  const positions = sizeOf(rest);
  const rows = asFloat(x).reshape([samples, channels, positions]);
  return rows.matmul(rows.transpose(1, 2)).div(channels * positions);
}
