import { gemmScratchBytes } from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import { aligned } from "../alignment.ts";
import type { MatmulPlan } from "./matmul-plan.ts";

/** What a thread needs memory for, in bytes from its start: first what the product packs. */
export interface MatmulScratch {
  /** Rows that are folded. */
  readonly rows: number;
  /** What folding them needs. */
  readonly totals: number;
  readonly bytes: number;
}

/** The memory of a thread for a product. */
export function matmulScratch({ spec, folded }: Pick<MatmulPlan, "spec" | "folded">): MatmulScratch {
  const rows = aligned(gemmScratchBytes(spec));
  if (folded === undefined) return { rows, totals: rows, bytes: rows };
  const totals = rows + aligned(folded.rows * spec.n * dtypes[spec.dtype].bytes);
  return { rows, totals, bytes: totals + folded.folding.ownBytes };
}
