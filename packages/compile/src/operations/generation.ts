import type { OperationRow } from "./operation.ts";
import { movement, routine } from "./rows.ts";

export const iota: OperationRow = { ...movement, kind: "positions", foldsUpTo: 0 };
/** Its counter is captured: other numbers in every call. */
export const randomBits: OperationRow = { ...routine, flops: 0, foldsUpTo: 0 };
