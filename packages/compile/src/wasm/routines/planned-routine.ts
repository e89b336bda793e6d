import type { RoutineKernel } from "../../schedule/kernel.ts";
import type { RoutineCode } from "./routine-code.ts";

/** An operation with a kernel of its own, and its code; undefined if only the reference computes it. */
export interface PlannedRoutine {
  readonly kind: "routine";
  readonly kernel: RoutineKernel;
  readonly code: RoutineCode | undefined;
  /** Whether threads share its phases. */
  readonly split: boolean;
}
