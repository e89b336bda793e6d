import type { PlannedKernel } from "../planned-kernel.ts";

/** Operations on elements in the kernels that threads share, roughly. */
export function sharedWork(kernels: readonly PlannedKernel[]): number {
  return kernels.reduce((sum, kernel) => sum + (kernel.kind !== "routine" && kernel.split ? workOf(kernel) : 0), 0);
}

function workOf(kernel: Exclude<PlannedKernel, { kind: "routine" }>): number {
  if (kernel.kind === "loop") {
    const { kernel: loops, nodes } = kernel.pattern.plan;
    return loops.extents.reduce((product, extent) => product * extent, nodes.length);
  }
  const { spec, batch } = kernel.plan;
  return batch.reduce((product, { size }) => product * size, 2 * spec.m * spec.n * spec.k);
}
