import { type Shape, sizeOf } from "../shape.ts";

/** Visits a run of `n` neighbours at `at`, which reduce inward to `to`, or across to `to … to + n − 1`. */
export type VisitRun = (at: number, to: number, n: number, inward: boolean) => void;

/**
 * Cuts a row-major array into the longest runs of neighbours that are all reduced into one element, or all
 * kept, and visits them in memory order.
 */
export function reductionRuns(shape: Shape, axes: readonly number[], visit: VisitRun): void {
  const total = sizeOf(shape);
  if (total === 0) return;
  // Neighbouring axes of the same kind become one group; axes of extent 1 belong to any.
  const extents: number[] = [];
  const reduced: boolean[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 1) continue;
    const isReduced = axes.includes(axis);
    const last = extents.length - 1;
    if (last >= 0 && reduced[last] === isReduced) extents[last] = extents[last]! * extent;
    else {
      extents.push(extent);
      reduced.push(isReduced);
    }
  }
  if (extents.length === 0) {
    visit(0, 0, 1, true);
    return;
  }
  const steps = extents.map((_, g) => {
    if (reduced[g] === true) return 0;
    return sizeOf(extents.filter((_, inner) => inner > g && reduced[inner] === false));
  });
  const last = extents.length - 1;
  const n = extents[last]!;
  const inward = reduced[last]!;
  const index = extents.map(() => 0);
  let to = 0;
  for (let at = 0; at < total; at += n) {
    visit(at, to, n, inward);
    for (let g = last - 1; g >= 0; g--) {
      const next = index[g]! + 1;
      const wraps = next === extents[g];
      index[g] = wraps ? 0 : next;
      to += steps[g]! * (wraps ? 1 - next : 1);
      if (!wraps) break;
    }
  }
}
