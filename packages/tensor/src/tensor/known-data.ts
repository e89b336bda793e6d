import type { TypedArray } from "../dtype.ts";
import type { TensorCore } from "./core.ts";

/** The elements of a tensor, or undefined where it has none yet: while a function is traced. */
export function knownData(tensor: TensorCore): TypedArray | undefined {
  return tensor.storage.data;
}
