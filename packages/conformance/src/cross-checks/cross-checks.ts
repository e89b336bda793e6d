import type { Row } from "../row.ts";
import { adjoints } from "./adjoints.ts";
import { broadcasting } from "./broadcasting.ts";
import { convolution } from "./convolution.ts";
import type { CrossCheck } from "./cross-check.ts";
import { fusedNorms } from "./fused-norms.ts";
import { movement } from "./movement.ts";
import { permutedBatches } from "./permuted-batches.ts";
import { precision } from "./precision.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { stateDicts } from "./state-dicts.ts";

/** All computations that are held against others of this framework. */
export const crossChecks: readonly CrossCheck[] = [
  ...fusedNorms,
  ...convolution,
  ...products,
  ...broadcasting,
  ...movement,
  ...reductions,
  ...adjoints,
  ...precision,
  ...permutedBatches,
  ...stateDicts,
];

/** One row for each cross-check; a fixed seed, so that the scoreboard repeats. */
export function crossCheckRows(checks: readonly CrossCheck[] = crossChecks, seed: number = 1): Row[] {
  return checks.map(({ name, run }): Row => {
    const row = { family: "cross-checks", case: name };
    try {
      return { ...row, status: "passed", worstError: run(seed) };
    } catch (error) {
      return {
        ...row,
        status: "failed",
        worstError: 0,
        reason: error instanceof Error ? error.message : String(error),
      };
    }
  });
}
