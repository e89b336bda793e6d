import type { OperationName } from "../graph/graph.ts";

/** Operations with kernels of their own that read their operands wherever the elements lie. */
export const readsViews: ReadonlySet<OperationName> = new Set<OperationName>([
  "foldWindows",
  "pad",
  "concat",
  "gather",
  "scatterAdd",
  "checkIndex",
]);
