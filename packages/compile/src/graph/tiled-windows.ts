import { isFloat } from "@tapegrad/tensor/internal";
import type { Operations } from "../operations/operation.ts";
import type { GraphOps } from "./algebra.ts";
import type { Value } from "./graph.ts";

/** Windows that lie side by side without gaps are folded by moving their elements: no two fall on one place. */
export function foldTiles(
  builder: GraphOps,
  y: Value,
  { axes, size, stride, dilation, shape }: Operations["foldWindows"],
): Value | undefined {
  const order: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const k = axes.indexOf(axis);
    if (k < 0) {
      order.push(axis);
      continue;
    }
    const at = { axis, count: y.shape[axis]!, step: stride[k]! };
    const inside = { axis: shape.length + k, count: size[k]!, step: dilation[k]! };
    if (at.count * inside.count !== shape[axis]) return undefined;
    const isFine = (fine: typeof at, coarse: typeof at): boolean =>
      (fine.count === 1 || fine.step === 1) && (coarse.count === 1 || coarse.step === fine.count);
    if (isFine(inside, at)) order.push(at.axis, inside.axis);
    else if (isFine(at, inside)) order.push(inside.axis, at.axis);
    else return undefined;
  }
  const moved = builder.apply("reshape", [builder.apply("permute", [y], { axes: order })], { shape });
  // As if added to 0, which makes 0 of -0.
  return isFloat(moved.dtype) ? builder.apply("add", [moved, builder.scalar(0, moved.dtype)], {}) : moved;
}
