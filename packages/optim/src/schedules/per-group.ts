import { ValueError } from "@tapegrad/tensor";
import { formatValue, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { AnyOptimizer } from "./schedule.ts";

/** A rate for all groups, or one for each. */
export const ratesRange: ValueRange<number | readonly number[]> = ranges.orListOf(ranges.nonNegative);

/**
 * Throws unless there is one rate for all groups or one for each.
 *
 * @throws {ValueError} `OneCycleLR: expected maxLr to be a number or one per group (1), got [1, 2].`
 */
export function checkPerGroup(
  fn: string,
  name: string,
  optimizer: AnyOptimizer,
  rates: number | readonly number[],
): void {
  const { length } = optimizer.groups;
  if (typeof rates === "number" || rates.length === length) return;
  throw new ValueError(
    `${fn}: expected ${name} to be a number or one per group (${length}), got ${formatValue(rates)}.`,
  );
}

/** The rate of one group. */
export function rateOf(rates: number | readonly number[], group: number): number {
  return typeof rates === "number" ? rates : rates[group]!;
}
