import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { scalar } from "../optimizer/scalar.ts";
import type { AnyOptimizer } from "./schedule.ts";

/** Options of schedules that move the momentum against the rate. */
export interface MomentumCycleOptions {
  /** Move the momentum (β₁ of Adam) against the rate; true unless given. */
  readonly cycleMomentum?: boolean;
  /** Smallest momentum. */
  readonly baseMomentum?: number;
  /** Largest momentum. */
  readonly maxMomentum?: number;
}

/** The rows of those options, for momenta from `base` to `max` unless given. */
export function momentumTable(base: number, max: number): OptionTable<MomentumCycleOptions> {
  return {
    cycleMomentum: option(ranges.flag, true),
    baseMomentum: option(ranges.fraction, base),
    maxMomentum: option(ranges.fraction, max),
  };
}

/**
 * Throws if there is to be a cycle, and nothing to move.
 *
 * @throws {ValueError} `CyclicLR: expected an optimizer with momentum, got one without. Set cycleMomentum to false.`
 */
export function checkMomentum(fn: string, optimizer: AnyOptimizer, { cycleMomentum }: MomentumCycleOptions): void {
  if (cycleMomentum === true && optimizer.groups.some((group) => group.momentum === undefined)) {
    throw new ValueError(`${fn}: expected an optimizer with momentum, got one without. Set cycleMomentum to false.`);
  }
}

/** Gives all groups one momentum. */
export function setMomentum(optimizer: AnyOptimizer, momentum: number): void {
  for (const group of optimizer.groups) assign(group.momentum as Tensor, scalar(momentum));
}
