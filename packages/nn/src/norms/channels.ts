import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectTensor, expectValue, formatShape, ranges, sizeOf } from "@tapegrad/tensor/internal";
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

/** All axes of `x` but `kept`. */
export function otherAxes(x: Tensor, kept: readonly number[]): number[] {
  return x.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
}

/** All axes of `x` but that of the channels. */
export function channelAxes(x: Tensor): number[] {
  return otherAxes(x, [1]);
}

/** The axes of the positions of `x`: all behind that of the channels. */
export function positionAxes(x: Tensor): number[] {
  return otherAxes(x, [0, 1]);
}

/** Throws unless `x` has positions after batch and channels. */
export function checkPositions(fn: string, x: Tensor): void {
  expectTensor(fn, "x", x);
  if (x.ndim < 3) {
    throw new ShapeError(`${fn}: expected input of shape [N, C, ...positions], got ${formatShape(x.shape)}.`);
  }
}

/** `parameter` with axes of extent 1 between its own and behind them, so that these broadcast along `axes` of `ndim`. */
export function alongAxes(parameter: Tensor, ndim: number, axes: readonly number[]): Tensor {
  const [first = 0] = axes;
  if (axes.length === ndim - first) return parameter;
  const shape = Array.from({ length: ndim - first }, () => 1);
  axes.forEach((axis, i) => (shape[axis - first] = parameter.shape[i]!));
  return parameter.reshape(shape);
}

/** A vector `[C]`, or one for each sample `[N, C]`, as it broadcasts along axis 1 of `ndim` axes. */
export function perChannel(vector: Tensor, ndim: number): Tensor {
  return alongAxes(vector, ndim, vector.ndim === 2 ? [0, 1] : [1]);
}

/** All axes of `[sets, N, C, ...]` but those of sets and channels. */
export function setAxes(x: Tensor): number[] {
  return otherAxes(x, [0, 2]);
}

/** `vector` `[sets, C]` along axes 0 and 2 of `ndim` axes. */
export function perSet(vector: Tensor, ndim: number): Tensor {
  const [sets, channels] = vector.shape;
  return vector.reshape([sets!, 1, channels!, ...Array.from({ length: ndim - 3 }, () => 1)]);
}

/** `x · weight + bias` along `axes`, with whichever of the two is given. */
export function affineAlong(
  x: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  axes: readonly number[],
): Tensor {
  return applyAffine(x, weight && alongAxes(weight, x.ndim, axes), bias && alongAxes(bias, x.ndim, axes));
}

/** `x · weight + bias` along axis 1, with whichever of the two is given: `[C]` or `[N, C]`. */
export function affineChannels(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  return applyAffine(x, weight && perChannel(weight, x.ndim), bias && perChannel(bias, x.ndim));
}

/** `x` with the channels in groups of neighbours: `[N, groups, values]`; throws unless these divide the channels. */
export function grouped(fn: string, x: Tensor, groups: number): Tensor {
  const [samples, channels] = x.shape as [number, number];
  checkGroups(fn, groups, channels);
  if (x.size === groups) {
    throw new ShapeError(
      `${fn}: expected more than 1 value per group, got input of shape ${formatShape(x.shape)} and ${groups} groups.`,
    );
  }
  return asFloat(x).reshape([samples, groups, (channels / groups) * sizeOf(x.shape.slice(2))]);
}

/** Throws unless `groups` is a whole number that divides `channels`. */
export function checkGroups(fn: string, groups: number, channels: number): void {
  expectValue(fn, "groups", groups, ranges.count);
  if (channels % groups !== 0) {
    throw new ShapeError(`${fn}: expected channels divisible by ${groups} groups, got ${channels}.`);
  }
}

/** Means over `axes`, kept with extent 1, in float64, and what is left of `x` without them. */
export function centre(x: Tensor, axes: readonly number[]): { readonly mean: Tensor; readonly centred: Tensor } {
  // A mean far from 0 that is rounded to float32 does not centre.
  const wide = x.to("float64");
  const mean = wide.mean({ axis: axes, keepDims: true });
  return { mean, centred: wide.sub(mean).to(x.dtype) };
}
