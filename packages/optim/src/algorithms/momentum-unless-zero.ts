import type { CycledMomentum } from "../optimizer/update-rule.ts";

/** Schedules cycle `momentum`, but not that of an optimizer that was made without. */
export const momentumUnlessZero: CycledMomentum<{ readonly momentum: number }> = {
  get: ({ momentum }) => (momentum === 0 ? undefined : momentum),
  set: (settings, momentum) => ({ ...settings, momentum }),
};
