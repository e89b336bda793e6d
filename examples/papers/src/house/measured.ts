import type { Condition, Measures, Run } from "./experiment.ts";

/** What the runs of a condition measured, or of all conditions that it leaves open, seed by seed. */
export function measured<C extends Condition, M extends Measures>(
  runs: readonly Run<C, M>[],
  condition: Partial<C>,
  valueOf: (measures: M) => number,
): number[] {
  const wanted = Object.entries(condition);
  return runs
    .filter((run) => wanted.every(([name, value]) => run.condition[name] === value))
    .map(({ measures }) => valueOf(measures));
}
