import type { OperationRow } from "./operation.ts";

/** Larger constants would make the module longer than the code that computes them. */
const largestFold = 4096;

const plain: Omit<OperationRow, "kind"> = {
  cost: "moderate",
  flops: 1,
  isTrusting: false,
  readsViews: false,
  foldsUpTo: largestFold,
};

/** A row of one or two instructions per element. */
export const cheap: OperationRow = { ...plain, kind: "elementwise", cost: "cheap" };
/** A row that compares, converts or chooses. */
export const choice: OperationRow = { ...cheap, flops: 0 };
/** A row of several instructions, or slow ones such as divisions. */
export const moderate: OperationRow = { ...plain, kind: "elementwise" };
/** A row for an elementary function. */
export const dear: OperationRow = { ...plain, kind: "elementwise", cost: "dear" };
/** A row for sums and the like. */
export const reduction: OperationRow = { ...plain, kind: "reduction" };
/** A row that gives elements new indices. */
export const movement: OperationRow = { ...plain, kind: "movement", flops: 0 };
/** A row for products of matrices. */
export const contraction: OperationRow = { ...plain, kind: "contraction", cost: "dear" };
/** A row for what is computed on whole arrays. */
export const routine: OperationRow = { ...plain, kind: "routine", cost: "dear" };
