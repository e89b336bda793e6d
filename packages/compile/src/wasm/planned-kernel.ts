import { gemmRowStep } from "@tapegrad/simd";
import type { Kernel } from "../schedule/kernel.ts";
import { aligned } from "./alignment.ts";
import { LoopPlanner, type PlannedLoops } from "./loops/planned-loops.ts";
import { partialLayout } from "./loops/split.ts";
import { planMatmul } from "./matmul/matmul-plan.ts";
import { matmulScratch } from "./matmul/matmul-scratch.ts";
import type { PlannedMatmul } from "./matmul/planned-matmul.ts";
import { splitMatmul } from "./matmul/split-matmul.ts";
import type { PlannedRoutine } from "./routines/planned-routine.ts";
import { planRoutine } from "./routines/routines.ts";
import { splitsRoutine } from "./routines/split-routine.ts";

/** A kernel with everything that its code needs to know but addresses. */
export type PlannedKernel = PlannedLoops | PlannedMatmul | PlannedRoutine;

/** Plans the kernels of a schedule. */
export function planKernels(kernels: readonly Kernel[], fma: boolean): PlannedKernel[] {
  const loops = new LoopPlanner(fma);
  return kernels.map((kernel) => {
    if (kernel.kind === "loop") return loops.plan(kernel);
    if (kernel.kind === "routine") {
      const code = planRoutine(kernel);
      return { kind: "routine", kernel, code, split: code !== undefined && splitsRoutine(kernel, code) };
    }
    const plan = planMatmul(kernel, fma);
    return { kind: "matmul", plan, split: splitMatmul(plan, gemmRowStep(plan.spec)) };
  });
}

/** Scratch memory that one thread needs for a kernel. */
export function threadScratchBytes(kernel: PlannedKernel): number {
  const bytes =
    kernel.kind === "loop"
      ? kernel.pattern.plan.scratchBytes
      : kernel.kind === "matmul"
        ? matmulScratch(kernel.plan).bytes
        : (kernel.code?.ownBytes ?? 0);
  return aligned(bytes);
}

/** Memory for the partial results of all parts of a kernel; lies in front of the threads' scratch memory. */
export function partialBytes(kernel: PlannedKernel): number {
  if (kernel.kind === "routine") return aligned(kernel.code?.sharedBytes ?? 0);
  if (kernel.kind === "matmul" || kernel.split?.parts === undefined) return 0;
  return kernel.split.parts * partialLayout(kernel.pattern.plan).bytes;
}

/** Scratch memory of a kernel that so many threads run. */
export function scratchBytes(kernel: PlannedKernel, threads: number): number {
  return partialBytes(kernel) + threads * threadScratchBytes(kernel);
}
