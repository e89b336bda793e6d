import { gemmScratchBytes } from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import { aligned } from "../alignment.ts";
import type { MatmulPlan } from "./matmul-plan.ts";

/** What a thread needs memory for, in bytes from its start: first what the product packs. */
export interface MatmulScratch {
  /** A matrix that is folded. */
  readonly matrix: number;
  /** What folding it needs. */
  readonly totals: number;
  readonly bytes: number;
}

/** The memory of a thread for a product. */
export function matmulScratch({ spec, folded }: Pick<MatmulPlan, "spec" | "folded">): MatmulScratch {
  const matrix = aligned(gemmScratchBytes(spec));
  if (folded === undefined) return { matrix, totals: matrix, bytes: matrix };
  const totals = matrix + aligned(spec.m * spec.n * dtypes[spec.dtype].bytes);
  return { matrix, totals, bytes: totals + folded.folding.ownBytes };
}
