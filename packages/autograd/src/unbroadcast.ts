import { apply } from "@tapegrad/tensor/internal";
import type { Shape, Tensor } from "@tapegrad/tensor";

/**
 * Sums a cotangent of a broadcast shape back to `shape`; undefined if it could not have come from it.
 *
 * @param ct of a shape that `shape` broadcasts to
 */
export function unbroadcast(ct: Tensor, shape: Shape): Tensor | undefined {
  const from = ct.shape;
  const added = from.length - shape.length;
  if (added < 0) return undefined;
  const axes: number[] = [];
  for (let axis = 0; axis < from.length; axis++) {
    if (axis < added) axes.push(axis);
    else if (shape[axis - added] !== from[axis]) {
      if (shape[axis - added] !== 1) return undefined;
      axes.push(axis);
    }
  }
  const summed = axes.length === 0 ? ct : apply("sum", [ct], { axes })[0];
  return added === 0 ? summed : apply("reshape", [summed], { shape })[0];
}
