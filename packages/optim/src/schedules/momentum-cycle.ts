import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNumber, fraction } from "../expect-number.ts";
import { scalar } from "../optimizer/param-group.ts";
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

/** The bounds of the momentum, or undefined if it stays where it is. */
export interface MomentumRange {
  readonly base: number;
  readonly max: number;
}

/**
 * The range that a schedule moves the momentum in.
 *
 * @throws {ValueError} for a momentum outside [0, 1), or an optimizer without momentum to cycle
 */
export function momentumRange(
  fn: string,
  optimizer: AnyOptimizer,
  { cycleMomentum = true, baseMomentum, maxMomentum }: MomentumCycleOptions,
): MomentumRange | undefined {
  expectNumber(fn, "baseMomentum", baseMomentum, fraction);
  expectNumber(fn, "maxMomentum", maxMomentum, fraction);
  if (!cycleMomentum) return undefined;
  if (optimizer.groups.some((group) => group.momentum === undefined)) {
    throw new ValueError(`${fn}: expected an optimizer with momentum, got one without. Set cycleMomentum to false.`);
  }
  return { base: baseMomentum as number, max: maxMomentum as number };
}

/** Gives all groups one momentum. */
export function setMomentum(optimizer: AnyOptimizer, momentum: number): void {
  for (const group of optimizer.groups) assign(group.momentum as Tensor, scalar(momentum));
}
