import { sameShape, stridesOf } from "@tapegrad/tensor/internal";
import type { Operation } from "../graph/graph.ts";
import { domainOf, relabels } from "./classify.ts";
import type { LoopGroup, GroupedOperation, Operand } from "./kernel-draft.ts";
import type { View } from "./view.ts";

/** The extents that loops run over: those of more than 1. */
export function loopExtents(shape: readonly number[]): number[] {
  const extents: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== 1) extents.push(shape[axis]!);
  return extents;
}

// Loops by index here and in what calls this: it runs for every pair of an operation and a kernel that it may join, and
// closures and iterators would be half of the time to compile long graphs.

/** An operation that looks for loops to run in. */
export interface Candidate {
  readonly operation: Operation;
  readonly operands: readonly View[];
  /** What it runs over, as the graph has it. */
  readonly shape: readonly number[];
  /** Its loops: the extents of more than 1. */
  readonly extents: readonly number[];
  /** The extents as text. */
  readonly loops: string;
}

/** An operation over operands as they lie in memory. */
export function candidateOf(operation: Operation, operands: readonly View[]): Candidate {
  const shape = domainOf(operation);
  const extents = loopExtents(shape);
  return { operation, operands, shape, extents, loops: extents.join() };
}

/**
 * Finds for every axis of an operation's domain the axis of the group, so that what it reads from the group is read
 * at the position where the loops are. Undefined if there is no such way.
 */
export function alignment(group: LoopGroup, candidate: Candidate): readonly number[] | undefined {
  const { shape, operands, loops } = candidate;
  const axes = loops === group.loops ? consecutive(shape) : matched(group, candidate);
  if (axes === undefined) return undefined;
  for (let i = 0; i < operands.length; i++) {
    const view = operands[i]!;
    const member = group.members.get(view.base);
    if (member === undefined) continue;
    if (view.offset !== 0) return undefined;
    const seen = along(view, shape, axes, group.extents.length);
    if (seen === undefined || !sameShape(member.strides, seen)) return undefined;
  }
  return axes;
}

/** Axes of more than one element are the group's axes in order; -1 for the others. */
function consecutive(shape: readonly number[]): number[] {
  const axes: number[] = [];
  for (let axis = 0, next = 0; axis < shape.length; axis++) axes.push(shape[axis] === 1 ? -1 : next++);
  return axes;
}

/** Matches by the strides of what is read from the group. */
function matched(group: LoopGroup, { shape, operands }: Candidate): number[] | undefined {
  const inside = operands.filter(({ base }) => group.members.has(base));
  const axes: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 1) {
      axes.push(-1);
      continue;
    }
    const found = inside
      .map((view) => {
        const stride = strideAlong(view, axis, shape);
        const { strides } = group.members.get(view.base)!;
        return stride === 0
          ? -1
          : strides.findIndex((s, a) => s === stride && group.extents[a] === extent && !axes.includes(a));
      })
      .find((a) => a >= 0);
    if (found === undefined) return undefined;
    axes.push(found);
  }
  return axes;
}

/** The stride of a view along an axis of the domain, which may have more axes in front. */
export function strideAlong(view: View, axis: number, shape: readonly number[]): number {
  const own = axis - (shape.length - view.shape.length);
  return own < 0 || view.shape[own] === 1 ? 0 : view.strides[own]!;
}

/** The strides of a view along the group's axes; undefined if two of its axes would fall on one. */
export function along(
  view: View,
  shape: readonly number[],
  axes: readonly number[],
  count: number,
): number[] | undefined {
  const strides = new Array<number>(count).fill(0);
  for (let axis = 0; axis < shape.length; axis++) {
    const to = axes[axis]!;
    if (to < 0) continue;
    if (strides[to] !== 0) return undefined;
    strides[to] = strideAlong(view, axis, shape);
  }
  return strides;
}

/** An operation as a member of a group whose axes its domain has. */
export function groupedOperation(
  group: LoopGroup,
  { operation, operands, shape }: Candidate,
  axes: readonly number[],
  reduces: readonly number[],
): GroupedOperation {
  const count = group.extents.length;
  const result = operation.outputs[0]!;
  const own = relabels(operation.name) ? shape : result.shape;
  const whole: View = { base: result, shape: own, offset: 0, strides: stridesOf(own) };
  const inLoops: Operand[] = [];
  for (let i = 0; i < operands.length; i++) {
    const view = operands[i]!;
    inLoops.push({ base: view.base, offset: view.offset, strides: along(view, shape, axes, count) as number[] });
  }
  return { operation, operands: inLoops, strides: along(whole, shape, axes, count) as number[], reduces };
}
