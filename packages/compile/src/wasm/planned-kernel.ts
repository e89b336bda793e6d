import { gemmRowStep, gemmScratchBytes } from "@tapegrad/simd";
import type { Kernel, RoutineKernel } from "../schedule/kernel.ts";
import type { LoopKernel } from "../schedule/loop-kernel.ts";
import { aligned } from "./alignment.ts";
import { type LoopPlan, planLoops } from "./loops/loop-plan.ts";
import { partialLayout, type Split, splitLoops } from "./loops/split.ts";
import { type MatmulPlan, planMatmul } from "./matmul/matmul-plan.ts";
import { splitMatmul } from "./matmul/split-matmul.ts";
import type { RoutineCode } from "./routines/routine-code.ts";
import { planRoutine } from "./routines/routines.ts";

/** A kernel with everything that its code needs to know but addresses. */
export type PlannedKernel =
  | { readonly kind: "loop"; readonly kernel: LoopKernel; readonly plan: LoopPlan; readonly split: Split | undefined }
  | { readonly kind: "matmul"; readonly plan: MatmulPlan; readonly split: Split | undefined }
  | { readonly kind: "routine"; readonly kernel: RoutineKernel; readonly code: RoutineCode | undefined };

/** Plans a kernel. */
export function planKernel(kernel: Kernel, fma: boolean): PlannedKernel {
  if (kernel.kind === "loop") {
    const plan = planLoops(kernel, fma);
    return { kind: "loop", kernel, plan, split: splitLoops(plan) };
  }
  if (kernel.kind === "matmul") {
    const plan = planMatmul(kernel, fma);
    return { kind: "matmul", plan, split: splitMatmul(plan, gemmRowStep(plan.spec)) };
  }
  return { kind: "routine", kernel, code: planRoutine(kernel) };
}

/** Scratch memory that one thread needs for a kernel. */
export function threadScratchBytes(kernel: PlannedKernel): number {
  const bytes =
    kernel.kind === "loop"
      ? kernel.plan.scratchBytes
      : kernel.kind === "matmul"
        ? gemmScratchBytes(kernel.plan.spec)
        : (kernel.code?.ownBytes ?? 0);
  return aligned(bytes);
}

/** Memory for the partial results of all parts of a kernel; lies in front of the threads' scratch memory. */
export function partialBytes(kernel: PlannedKernel): number {
  if (kernel.kind === "routine") return aligned(kernel.code?.sharedBytes ?? 0);
  return kernel.kind === "loop" ? (kernel.split?.parts ?? 0) * partialLayout(kernel.plan).bytes : 0;
}

/** Scratch memory of a kernel that so many threads run. */
export function scratchBytes(kernel: PlannedKernel, threads: number): number {
  return partialBytes(kernel) + threads * threadScratchBytes(kernel);
}
