import { ValueError } from "@tapegrad/tensor";
import { type Option, ranges, required } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** The option that names the parts. */
export const schedulesOption: Option<readonly Schedule[]> = required(ranges.listOf(ranges.instanceOf(Schedule)));

/**
 * Throws unless there are schedules, all of this optimizer.
 *
 * @throws {ValueError} `SequentialLR: expected at least one schedule, got none.`
 */
export function checkParts(fn: string, optimizer: AnyOptimizer, schedules: readonly Schedule[]): void {
  if (schedules.length === 0) throw new ValueError(`${fn}: expected at least one schedule, got none.`);
  if (schedules.some((schedule) => schedule.optimizer !== optimizer)) {
    throw new ValueError(`${fn}: expected schedules of the same optimizer, got one of another.`);
  }
}
