import { ShapeError } from "../errors.ts";
import { sliceBounds, type SliceRange } from "./slice-range.ts";
import type { Tensor } from "./tensor.ts";

/** The elements of `x` within a range of each axis; a number drops its axis. `fn` is what was called, for the messages. */
export function slice(fn: string, x: Tensor, ranges: readonly SliceRange[]): Tensor {
  if (ranges.length > x.ndim) {
    throw new ShapeError(`${fn}: expected at most ${x.ndim} ranges, got ${ranges.length}.`);
  }
  const bounds = x.shape.map((extent, axis) => sliceBounds(fn, ranges[axis], extent, axis));
  const whole = bounds.every((b, axis) => b.start === 0 && b.size === x.shape[axis] && b.step === 1);
  let taken = whole
    ? x
    : x["run"]("slice", [], {
        start: bounds.map((b) => b.start),
        size: bounds.map((b) => b.size),
        step: bounds.map((b) => b.step),
      });
  const backwards = bounds.flatMap((b, axis) => (b.reverse ? [axis] : []));
  if (backwards.length > 0) taken = taken.flip(backwards);
  return taken.reshape(taken.shape.filter((_, axis) => typeof ranges[axis] !== "number"));
}
