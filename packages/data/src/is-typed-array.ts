import type { TypedArray } from "@tapegrad/tensor";

/** Whether a value is a typed array. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
