import type { GroupLayout } from "./group-layout.ts";
import { StagedGroups } from "./staged-groups.ts";

const add = (a: number, b: number): number => a + b;
const folds = {
  sum: { start: 0, combine: add },
  max: { start: -Infinity, combine: Math.max },
  min: { start: Infinity, combine: Math.min },
} as const;

/**
 * Sum, largest or smallest element of every group, combined with what is in `totals`; sums are float64. NaN is the extreme of
 * a group that has one.
 */
export function foldGroups(
  name: "sum" | "max" | "min",
  x: Float32Array,
  layout: GroupLayout,
  totals: Float64Array,
): void {
  const { start, combine } = folds[name];
  new StagedGroups(layout, 0, x).fold(name, {}, start, combine, totals);
}
