import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

export const cumsum: OperationRow = routine;
export const argmax: OperationRow = { ...routine, arithmetic: false };
export const argmin: OperationRow = { ...routine, arithmetic: false };
export const argsort: OperationRow = { ...routine, arithmetic: false };
