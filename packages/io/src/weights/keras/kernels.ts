import type { Tensor } from "@tapegrad/tensor";
import type { Row } from "./keras-layer.ts";

/** `[out, in, ...size]` as `[...size, in, out]`, and so `[out, in]` as `[in, out]`. */
export function channelsLast(weight: Tensor): Tensor {
  return weight.permute([...axesFrom(2, weight.ndim), 1, 0]);
}

/** The way back from {@link channelsLast}. */
export function channelsFirst(kernel: Tensor): Tensor {
  const rank = kernel.ndim - 2;
  return kernel.permute([rank + 1, rank, ...axesFrom(0, rank)]);
}

function axesFrom(start: number, stop: number): number[] {
  return Array.from({ length: stop - start }, (_, i) => start + i);
}

/** Rows of a matrix, and filters, whose axes stand the other way round. */
export const kernel: Row = ["weight", channelsLast, channelsFirst];

/** The kernel of a dense layer that sees flattened images: Keras flattens them with their channels last. */
export function flattenedKernel(weight: Tensor, [channels = 1, ...size]: readonly number[]): Row {
  const [out, inside] = weight.shape as [number, number];
  return [
    "weight",
    (here) => channelsLast(here.reshape([out, channels, ...size])).reshape([inside, out]),
    (kernel) => channelsFirst(kernel.reshape([...size, channels, out])).reshape([out, inside]),
  ];
}

/** Filters `[channels · multiplier, 1, ...size]` of one channel each, which Keras has as `[...size, channels, multiplier]`. */
export function depthwiseKernel(weight: Tensor, channels: number): Row {
  const [filters, , ...size] = weight.shape as [number, number, ...number[]];
  const byChannel = [filters / channels, channels, ...size];
  return [
    "weight",
    (here) => channelsLast(here.reshape([channels, filters / channels, ...size]).transpose(0, 1)),
    (kernel) =>
      channelsFirst(kernel)
        .reshape(byChannel)
        .transpose(0, 1)
        .reshape([filters, 1, ...size]),
  ];
}
