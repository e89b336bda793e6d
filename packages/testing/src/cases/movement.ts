import type { AttrsOf, MovementSignatures } from "@tapegrad/tensor/internal";
import { at, build, moved, type Nd, positions } from "../nd.ts";
import { drawn, type Entries, given } from "./case.ts";

type WindowsAttrs = AttrsOf<"windows">;

/** Where element `position` of the windows lies in the tensor that they were taken from. */
function windowSource(position: readonly number[], { axes, stride, dilation }: WindowsAttrs, ndim: number): number[] {
  const source = position.slice(0, ndim);
  axes.forEach((axis, k) => (source[axis] = source[axis]! * stride[k]! + position[ndim + k]! * dilation[k]!));
  return source;
}

function windowsShape(shape: readonly number[], { axes, size, stride, dilation }: WindowsAttrs): number[] {
  const counts = [...shape];
  axes.forEach((axis, k) => {
    counts[axis] = Math.floor((shape[axis]! - dilation[k]! * (size[k]! - 1) - 1) / stride[k]!) + 1;
  });
  return [...counts, ...size];
}

const foldWindows = (y: Nd, attrs: WindowsAttrs, shape: readonly number[]): Nd => {
  const sums = new Map<string, number>();
  for (const position of positions(y.shape)) {
    const key = windowSource(position, attrs, shape.length).join();
    sums.set(key, (sums.get(key) ?? 0) + at(y, position));
  }
  return build(shape, (position) => sums.get(position.join()) ?? 0);
};

const images: WindowsAttrs = { axes: [1, 2], size: [2, 3], stride: [1, 2], dilation: [1, 1] };
const dilated: WindowsAttrs = { axes: [0], size: [3], stride: [2], dilation: [2] };
const apart: WindowsAttrs = { axes: [1], size: [1], stride: [3], dilation: [1] };

export const movementCases: Entries<keyof MovementSignatures> = {
  reshape: {
    reference: ([x], { shape }) => [{ shape, data: x!.data }],
    cases: [
      { attrs: { shape: [3, 2] }, inputs: [drawn(2, 3)] },
      { attrs: { shape: [] }, inputs: [drawn(1)] },
      { attrs: { shape: [1, 6, 1] }, inputs: [drawn(6)] },
      { attrs: { shape: [3, 0] }, inputs: [drawn(0, 2)] },
    ],
  },
  permute: {
    reference: ([x], { axes }) => [
      build(
        axes.map((axis) => x!.shape[axis]!),
        (position) =>
          at(
            x!,
            axes.map((_, axis) => position[axes.indexOf(axis)]!),
          ),
      ),
    ],
    cases: [
      { attrs: { axes: [1, 0] }, inputs: [drawn(2, 3)] },
      { attrs: { axes: [2, 0, 1] }, inputs: [drawn(2, 3, 4)] },
      { attrs: { axes: [0, 3, 1, 2] }, inputs: [drawn(2, 1, 3, 2)] },
      { attrs: { axes: [] }, inputs: [drawn()] },
      { attrs: { axes: [1, 0] }, inputs: [drawn(0, 2)] },
    ],
  },
  broadcastTo: {
    reference: ([x], { shape }) => [build(shape, (position) => at(x!, position))],
    cases: [
      { attrs: { shape: [2, 3] }, inputs: [drawn(3)] },
      { attrs: { shape: [2, 3] }, inputs: [drawn(2, 1)] },
      { attrs: { shape: [2, 3] }, inputs: [drawn()] },
      { attrs: { shape: [4, 2, 3] }, inputs: [drawn(2, 1)] },
      { attrs: { shape: [2, 3] }, inputs: [drawn(2, 3)] },
      { attrs: { shape: [0, 3] }, inputs: [drawn(1, 3)] },
    ],
  },
  slice: {
    reference: ([x], { start, size, step }) => [
      build(size, (position) =>
        at(
          { ...x! },
          position.map((i, axis) => start[axis]! + i * step[axis]!),
        ),
      ),
    ],
    cases: [
      { attrs: { start: [1], size: [3], step: [1] }, inputs: [drawn(5)] },
      { attrs: { start: [1, 0], size: [2, 2], step: [2, 3] }, inputs: [drawn(6, 5)] },
      { attrs: { start: [0, 1], size: [2, 1], step: [1, 1] }, inputs: [drawn(2, 3)] },
      { attrs: { start: [1], size: [0], step: [2] }, inputs: [drawn(4)] },
      { attrs: { start: [], size: [], step: [] }, inputs: [drawn()] },
    ],
  },
  flip: {
    reference: ([x], { axes }) => [
      build(x!.shape, (position) =>
        at(
          x!,
          position.map((i, axis) => (axes.includes(axis) ? x!.shape[axis]! - 1 - i : i)),
        ),
      ),
    ],
    cases: [
      { attrs: { axes: [0] }, inputs: [drawn(5)] },
      { attrs: { axes: [0, 2] }, inputs: [drawn(2, 3, 2)] },
      { attrs: { axes: [] }, inputs: [drawn(2)] },
      { attrs: { axes: [0] }, inputs: [drawn(0)] },
    ],
  },
  pad: {
    reference: ([x], { low, high, interior, value }) => {
      const shape = x!.shape.map(
        (extent, axis) => low[axis]! + high[axis]! + extent + Math.max(0, extent - 1) * interior[axis]!,
      );
      return [
        build(shape, (position) => {
          const from = position.map((i, axis) => (i - low[axis]!) / (interior[axis]! + 1));
          const inside = from.every((i, axis) => Number.isInteger(i) && i >= 0 && i < x!.shape[axis]!);
          return inside ? at(x!, from) : value;
        }),
      ];
    },
    cases: [
      { attrs: { low: [1], high: [2], interior: [0], value: 0 }, inputs: [drawn(3)] },
      { attrs: { low: [0, 1], high: [1, 0], interior: [2, 1], value: 7 }, inputs: [drawn(2, 3)] },
      { attrs: { low: [1, 0], high: [0, 0], interior: [0, 0], value: -1 }, inputs: [drawn(0, 2)] },
      { attrs: { low: [], high: [], interior: [], value: 0 }, inputs: [drawn()] },
    ],
  },
  concat: {
    reference: (inputs, { axis }) => {
      const total = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
      const shape = moved(inputs[0]!.shape, axis, total);
      return [
        build(shape, (position) => {
          let along = position[axis]!;
          const source = inputs.find((input) => {
            if (along < input.shape[axis]!) return true;
            along -= input.shape[axis]!;
            return false;
          });
          return at(source!, moved(position, axis, along));
        }),
      ];
    },
    cases: [
      { attrs: { axis: 0 }, inputs: [drawn(2), drawn(3)] },
      { attrs: { axis: 1 }, inputs: [drawn(2, 1), drawn(2, 3), drawn(2, 2)] },
      { attrs: { axis: 0 }, inputs: [drawn(1, 2), drawn(0, 2), drawn(2, 2)] },
      { attrs: { axis: 0 }, inputs: [drawn(3)] },
    ],
  },
  windows: {
    reference: ([x], attrs) => [
      build(windowsShape(x!.shape, attrs), (position) => at(x!, windowSource(position, attrs, x!.shape.length))),
    ],
    cases: [
      { attrs: images, inputs: [drawn(2, 3, 5)] },
      { attrs: dilated, inputs: [drawn(9)] },
      { attrs: apart, inputs: [drawn(1, 7)] },
      { attrs: { axes: [1], size: [2], stride: [1], dilation: [1] }, inputs: [drawn(0, 3)] },
    ],
  },
  foldWindows: {
    reference: ([y], attrs) => [foldWindows(y!, attrs, attrs.shape)],
    cases: [
      { attrs: { ...images, shape: [2, 3, 5] }, inputs: [drawn(2, 2, 2, 2, 3)] },
      { attrs: { ...dilated, shape: [9] }, inputs: [drawn(3, 3)] },
      { attrs: { ...apart, shape: [1, 7] }, inputs: [drawn(1, 3, 1)] },
      { attrs: { axes: [0], size: [1], stride: [1], dilation: [1], shape: [2] }, inputs: [given([2, 1], [1, 2])] },
    ],
  },
};
