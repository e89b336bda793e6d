/** A WebAssembly value type. All vector shapes (f32x4, i32x4, ...) are one type, `v128`. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** What an instruction or function leaves behind: one value or nothing. */
export type ResultType = ValueType | "void";

/** The binary code of each value type. */
export const valueTypeCodes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The code that a block without a result carries. */
export const emptyBlockType = 0x40;
