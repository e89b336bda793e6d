import { sameShape, stridesOf } from "@tapegrad/tensor/internal";
import type { Operation } from "../graph/graph.ts";
import { loopsOf, operandOf, operandsOf, strideAlong } from "./align.ts";
import { domainOf } from "./categories.ts";
import type { Operand } from "./kernel-draft.ts";
import type { Views } from "./view.ts";
import { mapped } from "../mapped.ts";

/** How a loop moves along an axis: so many positions per turn. */
interface Motion {
  readonly axis: number;
  readonly step: number;
}

/**
 * What an operation's operands are where loops read its result: at `offset` and `strides` of it as it would lie in memory.
 * A part of it may be read, with steps or backwards, and several loops may run along one axis. Undefined if a loop goes on
 * from one axis of the result to another, or if elements are read several times that are not the same in all of a loop.
 */
export function repeatedOperands(
  operation: Operation,
  { base, offset, strides }: Operand,
  extents: readonly number[],
  views: Views,
): Operand[] | undefined {
  if (operation.outputs[0] !== base) return undefined;
  const shape = domainOf(operation);
  const own = stridesOf(shape);
  if (offset === 0 && sameShape(extents, shape) && sameShape(strides, own)) {
    // Most are read as they lie in memory.
    const axes = loopsOf(shape);
    return mapped(operandsOf(operation, views), (view) => operandOf(view, shape, axes, axes.length));
  }
  const start = mapped(own, (stride, axis) => Math.floor(offset / stride) % shape[axis]!);
  const motions = motionsAlong(strides, extents, shape, start);
  if (motions === undefined) return undefined;
  return mapped(operandsOf(operation, views), (view) => ({
    base: view.base,
    offset: start.reduce((at, index, axis) => at + index * strideAlong(view, axis, shape), view.offset),
    strides: mapped(motions, (motion) => (motion ? motion.step * strideAlong(view, motion.axis, shape) : 0)),
    step: view.step,
  }));
}

/** Along which axis of a shape each loop moves; undefined for one that does not. */
function motionsAlong(
  strides: readonly number[],
  extents: readonly number[],
  shape: readonly number[],
  start: readonly number[],
): readonly (Motion | undefined)[] | undefined {
  const own = stridesOf(shape);
  const motions = mapped(strides, (stride): Motion | undefined => {
    const axis = shape.findIndex((extent, a) => extent > 1 && own[a]! <= Math.abs(stride));
    return stride === 0 || axis < 0 ? undefined : { axis, step: stride / own[axis]! };
  });
  for (let axis = 0; axis < shape.length; axis++) {
    const loops = motions
      .flatMap((motion, loop) => (motion?.axis === axis ? [{ step: motion.step, turns: extents[loop]! - 1 }] : []))
      .sort((a, b) => Math.abs(a.step) - Math.abs(b.step));
    let [first, last] = [start[axis]!, start[axis]!];
    for (const { step, turns } of loops) {
      if (!Number.isInteger(step) || Math.abs(step) <= last - first) return undefined;
      if (step < 0) first += step * turns;
      else last += step * turns;
    }
    if (first < 0 || last >= shape[axis]!) return undefined;
  }
  return motions;
}
