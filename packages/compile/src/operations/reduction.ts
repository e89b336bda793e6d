import type { OperationRow } from "./operation.ts";
import { reduction, routine } from "./rows.ts";

export const sum: OperationRow = reduction;
export const prod: OperationRow = reduction;
export const max: OperationRow = reduction;
export const min: OperationRow = reduction;

export const cumsum: OperationRow = routine;
export const argmax: OperationRow = { ...routine, arithmetic: false };
export const argmin: OperationRow = { ...routine, arithmetic: false };
export const argsort: OperationRow = { ...routine, arithmetic: false };
