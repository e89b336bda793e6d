import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { scalar } from "../optimizer/scalar.ts";
import { checkPerGroup, rateOf } from "./per-group.ts";
import type { AnyOptimizer } from "./schedule.ts";

/** Options of schedules that move the momentum against the rate. */
export interface MomentumCycleOptions {
  /** Move the momentum (β₁ of Adam) against the rate; true unless given. */
  readonly cycleMomentum?: boolean;
  /** Smallest momentum, one for all groups or one each. */
  readonly baseMomentum?: number | readonly number[];
  /** Largest momentum, one for all groups or one each. */
  readonly maxMomentum?: number | readonly number[];
}

const momenta = ranges.orListOf(ranges.fraction);

/** The rows of those options, for momenta from `base` to `max` unless given. */
export function momentumTable(base: number, max: number): OptionTable<MomentumCycleOptions> {
  return {
    cycleMomentum: option(ranges.flag, true),
    baseMomentum: option(momenta, base),
    maxMomentum: option(momenta, max),
  };
}

/**
 * Throws if there is to be a cycle, and nothing to move, or not one momentum for all groups or for each.
 *
 * @throws {ValueError} `CyclicLR: expected an optimizer with momentum, got one without. Set cycleMomentum to false.`
 */
export function checkMomentum(fn: string, optimizer: AnyOptimizer, options: Required<MomentumCycleOptions>): void {
  checkPerGroup(fn, "baseMomentum", optimizer, options.baseMomentum);
  checkPerGroup(fn, "maxMomentum", optimizer, options.maxMomentum);
  if (options.cycleMomentum && optimizer.groups.some((group) => group.momentum === undefined)) {
    throw new ValueError(`${fn}: expected an optimizer with momentum, got one without. Set cycleMomentum to false.`);
  }
}

/** Gives each group its momentum, if there is to be a cycle. */
export function cycleMomentum(
  optimizer: AnyOptimizer,
  options: Required<MomentumCycleOptions>,
  momentumBetween: (base: number, max: number) => number,
): void {
  if (!options.cycleMomentum) return;
  optimizer.groups.forEach((group, g) => {
    const momentum = momentumBetween(rateOf(options.baseMomentum, g), rateOf(options.maxMomentum, g));
    assign(group.momentum as Tensor, scalar(momentum));
  });
}
