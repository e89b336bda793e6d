import type { OperationName } from "../graph/graph.ts";
import type { Kernel } from "./kernel.ts";

const failing: ReadonlySet<OperationName> = new Set<OperationName>([
  "checkIndex",
  "checkInt32",
  "gather",
  "scatterAdd",
]);

/** Whether a kernel may throw, for an index out of range or an int32 result that is too large. */
export function canFail(kernel: Kernel): boolean {
  return kernel.kind === "special" && failing.has(kernel.operation.name);
}
