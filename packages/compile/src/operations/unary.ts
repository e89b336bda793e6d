import type { OperationRow } from "./operation.ts";
import { cheap, choice, dear, moderate } from "./rows.ts";

export const neg: OperationRow = cheap;
export const abs: OperationRow = cheap;
export const square: OperationRow = cheap;
export const relu: OperationRow = cheap;
export const cast: OperationRow = choice;
export const logicalNot: OperationRow = choice;

export const sign: OperationRow = moderate;
export const floor: OperationRow = moderate;
export const ceil: OperationRow = moderate;
export const round: OperationRow = moderate;
export const sqrt: OperationRow = moderate;
export const rsqrt: OperationRow = moderate;
export const reciprocal: OperationRow = moderate;

export const exp: OperationRow = dear;
export const expm1: OperationRow = dear;
export const log: OperationRow = dear;
export const log1p: OperationRow = dear;
export const sin: OperationRow = dear;
export const cos: OperationRow = dear;
export const atan: OperationRow = dear;
export const tanh: OperationRow = dear;
export const sigmoid: OperationRow = dear;
export const erf: OperationRow = dear;
export const erfc: OperationRow = dear;
