import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

const readsViews: OperationRow = { ...routine, readsViews: true };

export const pad: OperationRow = { ...readsViews, arithmetic: false };
export const concat: OperationRow = { ...readsViews, arithmetic: false };
export const foldWindows: OperationRow = readsViews;

/** Fails for an index out of range. */
export const gather: OperationRow = { ...readsViews, arithmetic: false, canFail: true };
/** Fails for an index out of range. */
export const scatterAdd: OperationRow = { ...readsViews, canFail: true };
