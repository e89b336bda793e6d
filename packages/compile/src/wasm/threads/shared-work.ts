import { sizeOf } from "@tapegrad/tensor/internal";
import type { PlannedKernel } from "../planned-kernel.ts";

/** Operations on elements in the kernels that threads share, roughly. */
export function sharedWork(kernels: readonly PlannedKernel[]): number {
  return kernels.reduce((sum, kernel) => sum + (kernel.split ? workOf(kernel) : 0), 0);
}

function workOf(kernel: PlannedKernel): number {
  if (kernel.kind === "routine") {
    return kernel.kernel.operation.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }
  if (kernel.kind === "loop") {
    const { kernel: loops, nodes } = kernel.pattern.plan;
    return loops.extents.reduce((product, extent) => product * extent, nodes.length);
  }
  const { spec, batch } = kernel.plan;
  return batch.reduce((product, { size }) => product * size, 2 * spec.m * spec.n * spec.k);
}
