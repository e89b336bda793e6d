import { ValueError } from "@tapegrad/tensor";
import type { AnyOptimizer, Schedule, ScheduleState } from "./schedule.ts";

/** State of a schedule made of schedules: its own and that of each part. */
export interface ScheduleWithParts extends ScheduleState {
  readonly schedules: readonly ScheduleState[];
}

/**
 * Throws unless there are schedules, all of this optimizer.
 *
 * @throws {ValueError} `SequentialLR: expected at least one schedule, got 0.`
 */
export function checkParts(fn: string, optimizer: AnyOptimizer, schedules: readonly Schedule[]): void {
  if (!Array.isArray(schedules) || schedules.length === 0) {
    throw new ValueError(`${fn}: expected at least one schedule, got ${schedules?.length ?? String(schedules)}.`);
  }
  if (schedules.some((schedule: Schedule) => schedule.optimizer !== optimizer)) {
    throw new ValueError(`${fn}: expected schedules of the same optimizer, got one of another.`);
  }
}

/**
 * Gives every part its saved state.
 *
 * @throws {ValueError} if there are more or fewer states than parts
 */
export function loadParts(
  fn: string,
  schedules: readonly Schedule[],
  states: readonly ScheduleState[] | undefined,
): void {
  if (!Array.isArray(states) || states.length !== schedules.length) {
    throw new ValueError(`${fn}.loadStateDict: expected ${schedules.length} schedules, got ${states?.length}.`);
  }
  schedules.forEach((schedule, i) => schedule.loadStateDict(states[i] as ScheduleState));
}
