import type { OperationRow } from "./operation.ts";
import { choice, contraction } from "./rows.ts";

export const matmulSum: OperationRow = { ...contraction, foldsUpTo: 0 };
/** Of a constant, too: it has memory of its own. */
export const copy: OperationRow = { ...choice, foldsUpTo: 0 };
export const check: OperationRow = {
  kind: "check",
  cost: "cheap",
  flops: 0,
  isTrusting: false,
  readsViews: true,
  foldsUpTo: 0,
};
