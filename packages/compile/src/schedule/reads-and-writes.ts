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
  if (kernel.kind === "loop") {
    const loads = loadsOf(kernel.nodes);
    const limits = limitsOf(kernel);
    return limits.length === 0 ? loads : [...new Set([...loads, ...limits])];
  }
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
  const limits: Value[] = lastRow === undefined ? [] : [lastRow];
  for (const { lastRow: last } of accumulations) if (last !== undefined) limits.push(last);
  return limits;
}

function loadsOf(nodes: readonly KernelNode[]): Value[] {
  const loads = new Set<Value>();
  for (const node of nodes) if (node.kind === "load") loads.add(node.from);
  return [...loads];
}
