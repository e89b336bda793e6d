import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";

/** A normalized shape as an array; a number is one axis. */
export function toShape(fn: string, shape: number | Shape): Shape {
  const list = typeof shape === "number" ? [shape] : [...shape];
  if (list.length === 0 || !list.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(`${fn}: expected a shape of at least one whole extent, got ${formatShape(list)}.`);
  }
  return list;
}

/** The axes of `x` that `shape` covers from the end. */
export function trailingAxes(fn: string, x: Tensor, shape: Shape): number[] {
  const first = x.ndim - shape.length;
  if (first < 0 || shape.some((extent, i) => x.shape[first + i] !== extent)) {
    throw new ShapeError(
      `${fn}: expected trailing axes ${formatShape(shape)}, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  return shape.map((_, i) => first + i);
}

/** `64` or `[3, 5]`. */
export function formatExtents(shape: Shape): string {
  return shape.length === 1 ? String(shape[0]) : formatShape(shape);
}
