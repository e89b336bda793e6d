import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

/** For targets that do not lower it; WebAssembly makes reductions and elementwise operations of it, which fuse. */
export const softmax: OperationRow = { ...routine, flops: 5 };
export const logSoftmax: OperationRow = { ...routine, flops: 5 };
