import { noteChange } from "./changes.ts";
import type { DType, TypedArray } from "./dtype.ts";

/**
 * The elements behind one or more tensors. `reshape` and `detach` share a storage; only
 * `assign` changes one, and counts that in `version` so that the tape can notice.
 */
export interface Storage {
  readonly dtype: DType;
  /** Undefined for a symbolic tensor, which exists while a function is traced. */
  readonly data: TypedArray | undefined;
  version: number;
}

/** Puts another array behind the tensors of a storage. */
export function replaceArray(storage: Storage, data: TypedArray, dtype: DType = storage.dtype): void {
  noteChange();
  Object.assign(storage, { data, dtype });
}

/** Shape and dtype of a tensor without its elements. */
export interface Spec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** What a primitive's kernel sees of an input. */
export interface Block extends Spec {
  readonly data: TypedArray;
}
