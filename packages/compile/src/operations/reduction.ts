import type { OperationRow } from "./operation.ts";
import { reduction } from "./rows.ts";

export const sum: OperationRow = reduction;
export const prod: OperationRow = reduction;
export const max: OperationRow = reduction;
export const min: OperationRow = reduction;
