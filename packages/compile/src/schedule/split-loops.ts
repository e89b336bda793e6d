import { operations } from "../operations/operations.ts";
import { type Candidate, loopExtents, loopsOf, type Seen } from "./align.ts";
import type { GroupedOperation, Operand } from "./kernel-draft.ts";

/** Shorter lines of neighbours than lanes are computed at once are not made of longer ones. */
const shortest = 8;

/**
 * The loops that two nests of loops over as many elements become if each is split where the other ends, as those over
 * `[512, 64]` and `[16, 32, 64]`; undefined if there are none that suit both.
 */
export function commonLoops(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const extents: number[] = [];
  let i = 0;
  let j = 0;
  let left = a[0] ?? 1;
  let right = b[0] ?? 1;
  while (i < a.length && j < b.length) {
    const extent = Math.min(left, right);
    if (left % extent !== 0 || right % extent !== 0) return undefined;
    extents.push(extent);
    left /= extent;
    right /= extent;
    if (left === 1) left = a[++i] ?? 1;
    if (right === 1) right = b[++j] ?? 1;
  }
  if (i < a.length || j < b.length || extents.length === 0) return undefined;
  return extents.at(-1)! < shortest && a.at(-1) !== b.at(-1) ? undefined : extents;
}

/** For each axis of a shape the axes of `extents` that it becomes, in order; an axis of one element is one of its own. */
function partsOf(shape: readonly number[], extents: readonly number[]): { parts: number[][]; shape: number[] } {
  const split: number[] = [];
  let at = 0;
  const parts = shape.map((extent) => {
    const axes: number[] = [];
    if (extent === 1) axes.push(split.push(1) - 1);
    for (let left = extent; left > 1; left /= extents[at - 1]!) axes.push(split.push(extents[at++]!) - 1);
    return axes;
  });
  return { parts, shape: split };
}

/** The strides along the parts of an axis. */
function stridesAlong(stride: number, parts: readonly number[], shape: readonly number[]): number[] {
  let step = stride;
  const strides: number[] = [];
  for (const part of parts.toReversed()) {
    strides.unshift(step);
    step *= shape[part]!;
  }
  return strides;
}

/** An operation over its loops split into others; undefined of one whose axes an index chooses along. */
export function splitCandidate(candidate: Candidate, extents: readonly number[]): Candidate | undefined {
  const { kind } = operations[candidate.operation.name];
  if (kind === "gather" || kind === "scatter") return undefined;
  const { parts, shape } = partsOf(candidate.shape, extents);
  const split = (own: readonly number[]): number[] =>
    own.flatMap((extent, axis) => {
      const axes = parts[axis + parts.length - own.length]!;
      return axes.map((part) => (extent === 1 ? 1 : shape[part]!));
    });
  const operands = candidate.operands.map((view): Seen => {
    const strides = view.strides.flatMap((stride, axis) => {
      return stridesAlong(stride, parts[axis + parts.length - view.strides.length]!, shape);
    });
    return { base: view.base, shape: split(view.shape), offset: view.offset, strides };
  });
  return {
    operation: candidate.operation,
    operands,
    shape,
    extents: loopExtents(shape),
    loops: extents.join(),
    axes: loopsOf(shape),
    result: split(candidate.result),
    reduces: candidate.reduces.flatMap((axis) => parts[axis]!),
  };
}

/** The loops of a group as others, and its members over them. */
export interface SplitLoops {
  readonly members: ReadonlyMap<GroupedOperation["operands"][number]["base"], GroupedOperation>;
  readonly reduced: readonly number[] | undefined;
}

/** What is over some loops over those split into others. */
export function splitMembers(
  loops: readonly number[],
  { members, reduced }: SplitLoops,
  extents: readonly number[],
): SplitLoops {
  const { parts } = partsOf(loops, extents);
  const strides = (own: readonly number[]): number[] =>
    own.flatMap((stride, axis) => stridesAlong(stride, parts[axis]!, extents));
  const axes = (own: readonly number[]): number[] => own.flatMap((axis) => parts[axis]!);
  return {
    members: new Map(
      Array.from(members, ([value, member]) => [
        value,
        {
          operation: member.operation,
          operands: member.operands.map(({ base, offset, strides: own, step }): Operand => ({
            base,
            offset,
            strides: strides(own),
            step,
          })),
          strides: strides(member.strides),
          reduces: axes(member.reduces),
        },
      ]),
    ),
    reduced: reduced && axes(reduced),
  };
}
