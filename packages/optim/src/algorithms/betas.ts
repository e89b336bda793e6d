import { fraction, listOf, type ValueRange } from "@tapegrad/tensor/internal";
import type { CycledMomentum } from "../optimizer/update-rule.ts";

/** What β₁ and β₂ of Adam and its relatives may be. */
export const betasRange: ValueRange<readonly [number, number]> = listOf(fraction, 2);

/** β₁ is what schedules cycle. */
export const firstBeta: CycledMomentum<{ readonly betas: readonly [number, number] }> = {
  get: ({ betas }) => betas[0],
  set: (settings, momentum) => ({ ...settings, betas: [momentum, settings.betas[1]] }),
};
