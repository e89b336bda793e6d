import type { OperationRow } from "./operation.ts";
import { movement } from "./rows.ts";

export const reshape: OperationRow = movement;
export const permute: OperationRow = movement;
/** A constant stays stored once. */
export const broadcastTo: OperationRow = { ...movement, foldsUpTo: 1 };
export const slice: OperationRow = movement;
export const flip: OperationRow = movement;
export const windows: OperationRow = movement;
