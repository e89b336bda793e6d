import { sameShape, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Operation } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { domainOf, reducedAxes, relabels } from "./categories.ts";
import type { LoopGroup, GroupedOperation, Operand } from "./kernel-draft.ts";
import type { View, Views } from "./view.ts";
import { mapped } from "../mapped.ts";

/** The extents that loops run over: those of more than 1. */
export function loopExtents(shape: readonly number[]): readonly number[] {
  if (!shape.includes(1)) return shape;
  const extents: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== 1) extents.push(shape[axis]!);
  return extents;
}

// Loops by index here and in what calls this: it runs for every pair of an operation and a kernel that it may join, and
// closures and iterators would be half of the time to compile long graphs.

/** What an operation reads over its domain: a view, and how far apart lies what an index chooses among, in elements. */
export interface Seen extends View {
  readonly step?: number;
}

/** An operation that looks for loops to run in. */
export interface Candidate {
  readonly operation: Operation;
  readonly operands: readonly Seen[];
  /** What it runs over, as the graph has it. */
  readonly shape: readonly number[];
  /** Its loops: the extents of more than 1. */
  readonly extents: readonly number[];
  /** The extents as text. */
  readonly loops: string;
  /** The loop of each axis of the shape; -1 of one element. */
  readonly axes: readonly number[];
  /** The shape of its result over these axes. */
  readonly result: readonly number[];
  /** The axes of more than one element that it folds. */
  readonly reduces: readonly number[];
}

/** An operation over operands as they lie in memory. */
export function candidateOf(operation: Operation, views: Views): Candidate {
  const shape = domainOf(operation);
  const extents = loopExtents(shape);
  const { kind } = operations[operation.name];
  const reduces = kind === "reduction" || kind === "scatter" ? reducedAxes(operation) : [];
  const result = relabels(operation.name) ? shape : operation.outputs[0]!.shape;
  const operands = operandsOf(operation, views);
  return { operation, operands, shape, extents, loops: extents.join(), axes: loopsOf(shape), result, reduces };
}

/** What an operation reads in loops over its domain, in the order in which groups keep it. */
export function operandsOf(operation: Operation, views: Views): readonly Seen[] {
  const { name, inputs } = operation;
  switch (operations[name].kind) {
    case "gather": {
      const { axis } = attrsOf(operation, "gather");
      const [x, index] = [views.of(inputs[0]!), views.of(inputs[1]!)];
      const strides = mapped(x.strides, (stride, a) => (a === axis ? 0 : stride));
      return [{ ...x, shape: index.shape, strides, step: x.strides[axis]! }, index];
    }
    case "scatter":
      return [views.of(inputs[2]!), views.of(inputs[1]!)];
    default:
      return mapped(inputs, (input) => views.of(input));
  }
}

/**
 * Finds for every axis of an operation's domain the axis of the group, so that what it reads from the group is read
 * at the position where the loops are. Undefined if there is no such way, as for a gather: what it reads is complete.
 */
export function alignment(group: LoopGroup, candidate: Candidate): readonly number[] | undefined {
  const { shape, operands, loops } = candidate;
  const axes = loops === group.loops ? candidate.axes : matched(group, candidate);
  if (axes === undefined) return undefined;
  for (let i = 0; i < operands.length; i++) {
    const view = operands[i]!;
    const member = group.members.get(view.base);
    if (member === undefined) continue;
    if (view.offset !== 0 || view.step !== undefined) return undefined;
    const seen = along(view, shape, axes, group.extents.length);
    if (seen === undefined || !sameShape(member.strides, seen)) return undefined;
  }
  return axes;
}

/** The loop of each axis of a shape: axes of more than one element are the loops in order; -1 for the others. */
export function loopsOf(shape: readonly number[]): number[] {
  const axes = new Array<number>(shape.length);
  for (let axis = 0, next = 0; axis < shape.length; axis++) axes[axis] = shape[axis] === 1 ? -1 : next++;
  return axes;
}

/** Matches by the strides of what is read from the group. */
function matched(group: LoopGroup, { shape, operands }: Candidate): number[] | undefined {
  const axes: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 1) {
      axes.push(-1);
      continue;
    }
    let found = -1;
    for (let i = 0; i < operands.length && found < 0; i++) {
      const member = group.members.get(operands[i]!.base);
      const stride = member === undefined ? 0 : strideAlong(operands[i]!, axis, shape);
      if (member !== undefined && stride !== 0) found = freeLoop(group, member.strides, stride, extent, axes);
    }
    if (found < 0) return undefined;
    axes.push(found);
  }
  return axes;
}

/** The loop of an extent along which a member moves by a stride, if none of `axes` is it already; -1 if there is none. */
function freeLoop(
  { extents }: LoopGroup,
  strides: readonly number[],
  stride: number,
  extent: number,
  axes: readonly number[],
): number {
  for (let loop = 0; loop < strides.length; loop++) {
    if (strides[loop] === stride && extents[loop] === extent && !axes.includes(loop)) return loop;
  }
  return -1;
}

/** The stride of a view along an axis of the domain, which may have more axes in front. */
export function strideAlong(view: View, axis: number, shape: readonly number[]): number {
  const own = axis - (shape.length - view.shape.length);
  return own < 0 || view.shape[own] === 1 ? 0 : view.strides[own]!;
}

/** The strides of a view along the group's axes; undefined if two of its axes would fall on one. They may be its own. */
export function along(
  view: View,
  shape: readonly number[],
  axes: readonly number[],
  count: number,
): readonly number[] | undefined {
  if (shape.length === count && isAlong(view, axes)) return view.strides;
  const strides = new Array<number>(count).fill(0);
  for (let axis = 0; axis < shape.length; axis++) {
    const to = axes[axis]!;
    if (to < 0) continue;
    if (strides[to] !== 0) return undefined;
    strides[to] = strideAlong(view, axis, shape);
  }
  return strides;
}

/** Whether a view has these axes, in their order, and moves along each of its strides. */
function isAlong({ shape, strides }: View, axes: readonly number[]): boolean {
  if (shape.length !== axes.length) return false;
  for (let axis = 0; axis < axes.length; axis++) {
    if (axes[axis] !== axis || (shape[axis] === 1 && strides[axis] !== 0)) return false;
  }
  return true;
}

/** What a view of the domain sees along the group's axes. */
export function operandOf(view: Seen, shape: readonly number[], axes: readonly number[], count: number): Operand {
  const { base, offset, step } = view;
  return { base, offset, strides: along(view, shape, axes, count)!, step };
}

/** An operation as a member of a group whose axes its domain has. */
export function groupedOperation(
  group: LoopGroup,
  { operation, operands, shape, result }: Candidate,
  axes: readonly number[],
  reduces: readonly number[],
): GroupedOperation {
  const count = group.extents.length;
  const strides = stridesOf(result);
  // Where a scatter adds along its axis an index says, no loop.
  if (operations[operation.name].kind === "scatter") strides[attrsOf(operation, "scatterAdd").axis] = 0;
  const whole: View = { base: operation.outputs[0]!, shape: result, offset: 0, strides };
  // Groups keep them: an array that grows as it is filled would have room for a dozen more.
  const inLoops = new Array<Operand>(operands.length);
  for (let i = 0; i < operands.length; i++) inLoops[i] = operandOf(operands[i]!, shape, axes, count);
  return { operation, operands: inLoops, strides: along(whole, shape, axes, count)!, reduces };
}
