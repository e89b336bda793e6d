import { elementwiseAvailable } from "@tapegrad/simd";
import type { TypedArray } from "../dtype.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Block, Spec } from "../storage.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { generationKernels } from "./generation.ts";
import { groupKernels } from "./groups.ts";
import type { Kernel, Kernels } from "./kernel.ts";
import { movementKernels } from "./movement.ts";
import { softmaxKernels } from "./softmax.ts";

/** SIMD kernels beside those of the primitives, which stay the reference and do what has none here, or is small. */
export const kernels: Kernels = {
  ...elementwiseKernels,
  ...groupKernels,
  ...softmaxKernels,
  ...movementKernels,
  ...generationKernels,
};

let isReference = false;

/** Whether the reference kernels are to run everything. */
export function useReference(flag: boolean): void {
  isReference = flag;
}

/** Whether there is anything but reference kernels. */
export function hasKernels(): boolean {
  return !isReference && elementwiseAvailable();
}

/** What the SIMD kernel of a primitive gives, if there is one for such inputs. */
export function runKernel<P extends PrimitiveName>(
  name: P,
  inputs: readonly Block[],
  attrs: AttrsOf<P>,
  outputs: readonly Spec[],
): readonly TypedArray[] | undefined {
  const kernel: Kernel<AttrsOf<P>> | undefined = kernels[name];
  return kernel === undefined || !hasKernels() ? undefined : kernel(inputs, attrs, outputs);
}
