import type { Condition } from "./experiment.ts";

/** Some of the conditions, in their order, in which whatever one of them says occurs: of six layers at four rates, six. */
export function covering(conditions: readonly Condition[]): readonly Condition[] {
  const partsOf = (condition: Condition): string[] => Object.entries(condition).map((part) => JSON.stringify(part));
  const missing = new Set(conditions.flatMap(partsOf));
  const chosen = new Set<Condition>();
  while (missing.size > 0) {
    const newIn = (condition: Condition): number => partsOf(condition).filter((part) => missing.has(part)).length;
    const next = conditions.reduce((best, each) => (newIn(each) > newIn(best) ? each : best));
    for (const part of partsOf(next)) missing.delete(part);
    chosen.add(next);
  }
  return conditions.filter((condition) => chosen.has(condition));
}
