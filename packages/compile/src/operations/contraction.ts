import type { OperationRow } from "./operation.ts";
import { contraction, routine } from "./rows.ts";

export const matmul: OperationRow = contraction;
export const standardize: OperationRow = routine;
export const standardizeGrad: OperationRow = routine;
