import type { OperationRow } from "./operation.ts";
import { routine } from "./rows.ts";

/** For targets that do not lower it; WebAssembly makes sums and elementwise operations of it, which fuse. */
export const standardize: OperationRow = { ...routine, flops: 7 };
export const standardizeGrad: OperationRow = { ...routine, flops: 7 };
