import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

export const cumsum: OperationRow = routine;
export const argmax: OperationRow = { ...routine, flops: 0 };
export const argmin: OperationRow = { ...routine, flops: 0 };
export const argsort: OperationRow = { ...routine, flops: 0 };
