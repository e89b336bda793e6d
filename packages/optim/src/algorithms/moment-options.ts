import { option, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { CycledMomentum } from "../optimizer/update-rule.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";

/** Options of Adam and its nearest relatives. */
export interface MomentOptions extends DescentOptions {
  /** Decay of the first and the second moment per step; `[0.9, 0.999]` unless given. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment, in units of the gradient; 1e-8 unless given. */
  readonly eps?: number;
}

/** What β₁ and β₂ may be. */
export const betasRange: ValueRange<readonly [number, number]> = ranges.listOf(ranges.fraction, 2);

/** The rows of those options. */
export function momentTable(lr: number, weightDecay = 0): OptionTable<MomentOptions> {
  return {
    ...descentTable(lr, weightDecay),
    betas: option(betasRange, [0.9, 0.999]),
    eps: option(ranges.nonNegative, 1e-8),
  };
}

/** β₁ is what schedules cycle. */
export const firstBeta: CycledMomentum<{ readonly betas: readonly [number, number] }> = {
  get: ({ betas }) => betas[0],
  set: (settings, momentum) => ({ ...settings, betas: [momentum, settings.betas[1]] }),
};
