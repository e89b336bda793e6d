import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

const readsViews: OperationRow = { ...routine, readsViews: true };

export const pad: OperationRow = { ...readsViews, flops: 0 };
export const concat: OperationRow = { ...readsViews, flops: 0 };
export const foldWindows: OperationRow = readsViews;

/** Of an index within range. */
export const gather: OperationRow = { ...readsViews, kind: "gather", cost: "cheap", flops: 0, isTrusting: true };
/** Of an index within range. */
export const scatterAdd: OperationRow = { ...readsViews, kind: "scatter", isTrusting: true };

export const gatherMaxima: OperationRow = { ...routine, flops: 0 };
export const scatterMaxima: OperationRow = routine;
