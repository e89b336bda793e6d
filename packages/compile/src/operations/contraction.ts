import type { OperationRow } from "./operation.ts";
import { contraction } from "./rows.ts";

export const matmul: OperationRow = contraction;
