import type { DType } from "@tapegrad/tensor";
import { type Elements, bytesOf } from "../elements/elements.ts";

/**
 * The element types that a safetensors file may name. Those of 8-bit floats and `C64` are known, so that what else is in
 * a file can be read, but become no tensor.
 */
export type SafetensorsDType =
  | "BOOL"
  | "U8"
  | "I8"
  | "F8_E5M2"
  | "F8_E4M3"
  | "F8_E8M0"
  | "F8_E4M3FNUZ"
  | "F8_E5M2FNUZ"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "C64"
  | "F64"
  | "I64"
  | "U64";

/** What each is here; for those that have no meaning, how many bytes an element takes. */
const rows: { readonly [D in SafetensorsDType]: Elements | 1 | 8 } = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  C64: 8,
  F64: "float64",
  I64: "int64",
  U64: "uint64",
};

/** All names, for messages. */
export const dtypeNames: readonly string[] = Object.keys(rows);

/** Whether a file may name such elements. */
export function isSafetensorsDType(name: string): name is SafetensorsDType {
  return Object.hasOwn(rows, name);
}

/** Bytes of an element. */
export function elementBytes(dtype: SafetensorsDType): number {
  const row = rows[dtype];
  return typeof row === "number" ? row : bytesOf(row, []);
}

/** What the elements are here; undefined if they have no meaning. */
export function elementsOf(dtype: SafetensorsDType): Elements | undefined {
  const row = rows[dtype];
  return typeof row === "number" ? undefined : row;
}

/** What dtypes are called in files, those first that stand first there. */
export const written: { readonly [D in DType]: SafetensorsDType } = {
  float64: "F64",
  float32: "F32",
  int32: "I32",
  bool: "BOOL",
};
