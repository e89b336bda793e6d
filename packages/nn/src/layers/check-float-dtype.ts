import { type DType, DTypeError } from "@tapegrad/tensor";

/** A dtype that parameters can have. */
export type FloatDType = Extract<DType, "float32" | "float64">;

/** Throws unless parameters can have `dtype`. */
export function checkFloatDType(fn: string, dtype: DType): void {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`${fn}: expected dtype float32 or float64, got ${String(dtype)}.`);
  }
}
