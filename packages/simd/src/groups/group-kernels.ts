import { instantiate } from "../assembled/instantiate.ts";
import { kernelMemory } from "../elementwise/kernel-memory.ts";
import type { FoldName, MapName } from "./group-formulas.ts";

type KernelName = `${FoldName | MapName}${"Inward" | "Across"}`;

/** The instantiated kernels over groups: of `lines` lines of `length` elements, which are staged. */
export type GroupKernels = { readonly [Name in KernelName]: (lines: number, length: number) => void };

let instance: GroupKernels | undefined;

/** The kernels, compiled on first use. */
export function groupKernels(): GroupKernels {
  instance ??= instantiate<GroupKernels>("groups", { kernels: { memory: kernelMemory().memory } });
  return instance;
}
