import type { LoopGroup } from "./kernel-draft.ts";

/** Sums of more elements that are added to in memory would not stay in a core's first cache. */
const largestKept = 8192;

/**
 * Whether a reduction that keeps these axes can be folded over the outer loops: row by row or position by position, or
 * into few sums at other positions of the outer loops.
 */
export function accumulates(
  { extents }: LoopGroup,
  reduces: readonly number[],
  kept: readonly number[],
  inner: readonly number[],
): boolean {
  const overlap = reduces.filter((axis) => inner.includes(axis)).length;
  if (overlap > 0 && overlap < inner.length) return false;
  if (kept.every((axis) => inner.includes(axis))) return true;
  const isAll = kept.length + reduces.length === extents.length;
  return isAll && kept.reduce((count, axis) => count * extents[axis]!, 1) <= largestKept;
}
