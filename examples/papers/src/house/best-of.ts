import type { Condition, Measures, Run } from "./experiment.ts";
import { mean } from "./spread.ts";

/** Of runs that were tried with several settings, those with the setting of the lowest mean cost; NaN costs most. */
export function bestOf<C extends Condition, M extends Measures>(
  runs: readonly Run<C, M>[],
  settingOf: (condition: C) => string | number,
  costOf: (measures: M) => number,
): readonly Run<C, M>[] {
  const settings = [...new Set(runs.map(({ condition }) => settingOf(condition)))];
  const groups = settings.map((setting) => {
    const own = runs.filter(({ condition }) => settingOf(condition) === setting);
    const cost = mean(own.map(({ measures }) => costOf(measures)));
    return { own, cost: Number.isNaN(cost) ? Infinity : cost };
  });
  const [best] = groups.toSorted((a, b) => (a.cost === b.cost ? 0 : a.cost - b.cost));
  return best?.own ?? [];
}
