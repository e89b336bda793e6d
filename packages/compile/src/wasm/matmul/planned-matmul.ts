import type { Split } from "../loops/split.ts";
import type { MatmulPlan } from "./matmul-plan.ts";

/** A product with its plan. */
export interface PlannedMatmul {
  readonly kind: "matmul";
  readonly plan: MatmulPlan;
  readonly split: Split | undefined;
}
