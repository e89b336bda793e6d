import { ValueError } from "@tapegrad/tensor";
import { expectNumber, nonNegative } from "../expect-number.ts";
import type { AnyOptimizer } from "./schedule.ts";

/**
 * An option that is one rate for all groups or one for each.
 *
 * @throws {ValueError} `OneCycleLR: expected maxLr to be a number or one per group (1), got 1,2.`
 */
export function perGroup(
  fn: string,
  name: string,
  optimizer: AnyOptimizer,
  value: number | readonly number[],
): readonly number[] {
  const rates = typeof value === "number" ? optimizer.groups.map(() => value) : value;
  if (!Array.isArray(rates) || rates.length !== optimizer.groups.length) {
    throw new ValueError(
      `${fn}: expected ${name} to be a number or one per group (${optimizer.groups.length}), got ${String(value)}.`,
    );
  }
  for (const rate of rates) expectNumber(fn, name, rate, nonNegative);
  return rates;
}
