import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

const readsViews: OperationRow = { ...routine, readsViews: true };

export const pad: OperationRow = { ...readsViews, arithmetic: false };
export const concat: OperationRow = { ...readsViews, arithmetic: false };
export const foldWindows: OperationRow = readsViews;

/** Of an index within range. */
export const gather: OperationRow = { ...readsViews, arithmetic: false, isTrusting: true };
/** Of an index within range. */
export const scatterAdd: OperationRow = { ...readsViews, isTrusting: true };
