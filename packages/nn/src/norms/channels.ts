import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape } from "@tapegrad/tensor/internal";
import { applyAffine } from "./affine.ts";

/** The number of channels of `x`; throws unless it is `features`, where that is known. */
export function checkChannels(fn: string, x: Tensor, features: number | undefined): number {
  expectTensor(fn, "x", x);
  const channels = x.shape[1];
  if (channels === undefined) {
    throw new ShapeError(`${fn}: expected input of shape [N, C, ...], got ${formatShape(x.shape)}.`);
  }
  if (features !== undefined && features !== channels) {
    throw new ShapeError(`${fn}: expected ${features} channels on axis 1, got input of shape ${formatShape(x.shape)}.`);
  }
  return channels;
}

/** All axes of `x` but that of the channels. */
export function channelAxes(x: Tensor): number[] {
  return x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** Throws unless `x` has positions after batch and channels. */
export function checkPositions(fn: string, x: Tensor): void {
  expectTensor(fn, "x", x);
  if (x.ndim < 3) {
    throw new ShapeError(`${fn}: expected input of shape [N, C, ...positions], got ${formatShape(x.shape)}.`);
  }
}

/** A vector `[C]`, or one for each sample `[N, C]`, with axes of extent 1 behind it, so that it broadcasts along axis 1 of `ndim` axes. */
export function perChannel(vector: Tensor, ndim: number): Tensor {
  return ndim === 2 ? vector : vector.reshape([...vector.shape, ...Array.from({ length: ndim - 2 }, () => 1)]);
}

/** `vector` `[sets, C]` along axes 0 and 2 of `ndim` axes. */
export function perSet(vector: Tensor, ndim: number): Tensor {
  const [sets, channels] = vector.shape;
  return vector.reshape([sets!, 1, channels!, ...Array.from({ length: ndim - 3 }, () => 1)]);
}

/** `x · weight + bias` along axis 1, with whichever of the two is given: `[C]` or `[N, C]`. */
export function affineChannels(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  return applyAffine(x, weight && perChannel(weight, x.ndim), bias && perChannel(bias, x.ndim));
}
