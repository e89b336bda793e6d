import type { Value } from "../graph/graph.ts";
import type { Kernel } from "./kernel.ts";
import { type KernelNode, type LoopKernel, nodesOf } from "./loop-kernel.ts";

const known = new WeakMap<Kernel, readonly Value[]>();

/** The values that a kernel reads from memory. */
export function readsOf(kernel: Kernel): readonly Value[] {
  let reads = known.get(kernel);
  if (reads === undefined) known.set(kernel, (reads = findReads(kernel)));
  return reads;
}

function findReads(kernel: Kernel): readonly Value[] {
  if (kernel.kind === "routine") return kernel.inputs;
  if (kernel.kind === "loop") return [...new Set([...loadsOf(kernel.nodes), ...limitsOf(kernel)])];
  const { a, b, epilogue, product } = kernel;
  const others =
    epilogue === undefined ? [] : loadsOf(nodesOf([{ node: epilogue }])).filter((value) => value !== product);
  return [a.base, b.base, ...others];
}

/** The values that a kernel writes to memory. */
export function writesOf(kernel: Kernel): readonly Value[] {
  if (kernel.kind === "matmul") return [kernel.to];
  if (kernel.kind === "routine") return kernel.operation.outputs;
  const stored = kernel.stores.map(({ to }) => to);
  return kernel.accumulations.length === 0 ? stored : [...stored, ...kernel.accumulations.map(({ to }) => to)];
}

/** What holds the last rows that a kernel computes. */
function limitsOf({ lastRow, accumulations }: LoopKernel): Value[] {
  return [lastRow, ...accumulations.map((result) => result.lastRow)].filter((value) => value !== undefined);
}

function loadsOf(nodes: readonly KernelNode[]): Value[] {
  const loads = new Set<Value>();
  for (const node of nodes) if (node.kind === "load") loads.add(node.from);
  return [...loads];
}
