import type { OperationRow } from "./operation.ts";
import { cheap, choice, dear, moderate } from "./rows.ts";

export const add: OperationRow = cheap;
export const sub: OperationRow = cheap;
export const mul: OperationRow = cheap;
export const maximum: OperationRow = cheap;
export const minimum: OperationRow = cheap;

export const div: OperationRow = moderate;
export const remainder: OperationRow = moderate;
export const pow: OperationRow = dear;

export const eq: OperationRow = choice;
export const ne: OperationRow = choice;
export const lt: OperationRow = choice;
export const le: OperationRow = choice;
export const gt: OperationRow = choice;
export const ge: OperationRow = choice;
export const logicalAnd: OperationRow = choice;
export const logicalOr: OperationRow = choice;
export const where: OperationRow = choice;
