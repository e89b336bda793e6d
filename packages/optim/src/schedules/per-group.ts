import { ValueError } from "@tapegrad/tensor";
import { formatValue, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { AnyOptimizer } from "./schedule.ts";

/** A rate for all groups, or one for each. */
export const ratesRange: ValueRange<number | readonly number[]> = ranges.orListOf(ranges.nonNegative);

/**
 * Throws unless there is one value for all groups or one for each.
 *
 * @throws {ValueError} `OneCycleLR: expected maxLr to be a number or one per group (1), got [1, 2].`
 */
export function checkPerGroup(fn: string, name: string, optimizer: AnyOptimizer, values: unknown): void {
  const { length } = optimizer.groups;
  if (!Array.isArray(values) || values.length === length) return;
  const kind = values.some((value) => typeof value === "function") ? "function" : "number";
  throw new ValueError(
    `${fn}: expected ${name} to be a ${kind} or one per group (${length}), got ${formatValue(values)}.`,
  );
}

/** The value of one group, such as its rate. */
export function rateOf<T>(values: T | readonly T[], group: number): T {
  return Array.isArray(values) ? (values as readonly T[])[group]! : (values as T);
}
