import type { Value } from "../graph/graph.ts";
import type { Kernel } from "./kernel.ts";
import { type KernelNode, nodesOf } from "./loop-kernel.ts";

const known = new WeakMap<Kernel, readonly Value[]>();

/** The values that a kernel reads from memory. */
export function readsOf(kernel: Kernel): readonly Value[] {
  let reads = known.get(kernel);
  if (reads === undefined) known.set(kernel, (reads = findReads(kernel)));
  return reads;
}

function findReads(kernel: Kernel): readonly Value[] {
  if (kernel.kind === "routine") return kernel.inputs;
  if (kernel.kind === "loop") return loadsOf([...kernel.stores, ...kernel.accumulations].map(({ node }) => node));
  const { a, b, epilogue, product } = kernel;
  const others = epilogue === undefined ? [] : loadsOf([epilogue]).filter((value) => value !== product);
  return [a.base, b.base, ...others];
}

/** The values that a kernel writes to memory. */
export function writesOf(kernel: Kernel): readonly Value[] {
  if (kernel.kind === "matmul") return [kernel.to];
  if (kernel.kind === "routine") return kernel.operation.outputs;
  return [...kernel.stores, ...kernel.accumulations].map(({ to }) => to);
}

function loadsOf(roots: readonly KernelNode[]): Value[] {
  return [...new Set(nodesOf(roots).flatMap((node) => (node.kind === "load" ? [node.from] : [])))];
}
