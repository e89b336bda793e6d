import type { Value } from "../graph/graph.ts";
import type { Kernel, MatmulKernel } from "./kernel.ts";
import { readsOf } from "./reads-and-writes.ts";

/** Lets products do what the one kernel that reads each does, where `join` can: those that are outputs stay as they are. */
export function joinOnlyReaders(
  kernels: readonly Kernel[],
  outputs: ReadonlySet<Value>,
  join: (product: MatmulKernel, reader: Kernel) => MatmulKernel | undefined,
): Kernel[] {
  const readers = new Map<Value, Kernel[]>();
  for (const kernel of kernels) {
    for (const value of readsOf(kernel)) {
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [kernel]);
      else list.push(kernel);
    }
  }
  const absorbed = new Set<Kernel>();
  const merged = kernels.map((kernel): Kernel => {
    if (kernel.kind !== "matmul" || outputs.has(kernel.product)) return kernel;
    const [reader, ...others] = readers.get(kernel.product) ?? [];
    if (reader === undefined || others.length > 0) return kernel;
    const joined = join(kernel, reader);
    if (joined !== undefined) absorbed.add(reader);
    return joined ?? kernel;
  });
  return merged.filter((kernel) => !absorbed.has(kernel));
}
