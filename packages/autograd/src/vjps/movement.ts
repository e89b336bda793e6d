import { apply } from "@tapegrad/tensor/internal";
import type { MovementSignatures, SliceAttrs } from "@tapegrad/tensor/internal";
import type { Shape, Tensor } from "@tapegrad/tensor";
import type { Vjps } from "./vjp.ts";

/** What a slice has taken of a tensor of `shape`, in its place between zeros. */
export function unsliced(ct: Tensor, shape: Shape, { start, size, step }: SliceAttrs): Tensor {
  const high = shape.map((extent, axis) => {
    const [first, count, stride] = [start[axis]!, size[axis]!, step[axis]!];
    return extent - first - (count === 0 ? 0 : (count - 1) * stride + 1);
  });
  return apply("pad", [ct], { low: start, high, interior: step.map((stride) => stride - 1), value: 0 })[0];
}

/** Rows of the primitives that only move elements: the pullback moves them back. */
export const movement: Vjps<keyof MovementSignatures> = {
  reshape: [(ct, saved) => apply("reshape", [ct], { shape: saved.shape(0) })[0]],
  permute: [(ct, _, { axes }) => apply("permute", [ct], { axes: axes.map((__, axis) => axes.indexOf(axis)) })[0]],
  broadcastTo: [(ct) => ct], // summed back by the engine
  slice: [(ct, saved, attrs) => unsliced(ct, saved.shape(0), attrs)],
  flip: [(ct, _, attrs) => apply("flip", [ct], attrs)[0]],
  pad: [
    (ct, saved, { low, interior }) =>
      apply("slice", [ct], { start: low, size: saved.shape(0), step: interior.map((gap) => gap + 1) })[0],
  ],
  concat: (ct, saved, { axis }, index) => {
    const start = ct.shape.map(() => 0);
    for (let before = 0; before < index; before++) start[axis] = start[axis]! + saved.shape(before)[axis]!;
    return apply("slice", [ct], { start, size: saved.shape(index), step: ct.shape.map(() => 1) })[0];
  },
  windows: [(ct, saved, attrs) => apply("foldWindows", [ct], { ...attrs, shape: saved.shape(0) })[0]],
  foldWindows: [
    (ct, _, { axes, size, stride, dilation }) => apply("windows", [ct], { axes, size, stride, dilation })[0],
  ],
};
