export { initializeByData } from "./initialize-by-data.ts";
export { inspectStatistics, type TracksStatistics } from "./inspect-statistics.ts";
export type { ConstraintNormName } from "./constraint-norms.ts";
export type { Invariance, Paper } from "./norm-facts.ts";
export {
  precondition,
  type Preconditionable,
  type Preconditioned,
  preconditioning,
  type PreconditioningOptions,
  removePreconditioning,
} from "./preconditioning.ts";
export type { Weighted } from "./computed-weight.ts";
export { type NormName, type NormRow, table } from "./norm-table.ts";
export * from "./weight-norms.ts";
