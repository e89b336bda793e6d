import { type DType, FormatError, type TypedArray } from "@tapegrad/tensor";
import { allocate } from "@tapegrad/tensor/internal";

/** A type of elements in files. */
export type Elements =
  | "bool"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float32"
  | "float64";

type Row = readonly [width: number, dtype: DType, read: (view: DataView, at: number, little: boolean) => number];

/** Bytes of an element, the dtype that it becomes, and how it is read. */
const rows: { readonly [E in Elements]: Row } = {
  bool: [1, "bool", (view, at) => Math.min(view.getUint8(at), 1)],
  uint8: [1, "int32", (view, at) => view.getUint8(at)],
  int8: [1, "int32", (view, at) => view.getInt8(at)],
  uint16: [2, "int32", (view, at, little) => view.getUint16(at, little)],
  int16: [2, "int32", (view, at, little) => view.getInt16(at, little)],
  uint32: [4, "int32", (view, at, little) => view.getUint32(at, little)],
  int32: [4, "int32", (view, at, little) => view.getInt32(at, little)],
  uint64: [8, "int32", (view, at, little) => Number(view.getBigUint64(at, little))],
  int64: [8, "int32", (view, at, little) => Number(view.getBigInt64(at, little))],
  float32: [4, "float32", (view, at, little) => view.getFloat32(at, little)],
  float64: [8, "float64", (view, at, little) => view.getFloat64(at, little)],
};

/** How many bytes an element takes. */
export function widthOf(elements: Elements): number {
  return rows[elements][0];
}

/**
 * The elements that bytes hold, as those of a tensor: whole numbers become int32, floats keep their type.
 *
 * @throws {FormatError} for a whole number that int32 cannot hold: it would wrap
 */
export function readElements(
  fn: string,
  elements: Elements,
  bytes: Uint8Array,
  byteOrder: "little" | "big",
): { readonly dtype: DType; readonly data: TypedArray } {
  const [width, dtype, read] = rows[elements];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = allocate(dtype, bytes.length / width);
  const isWhole = dtype === "int32";
  for (let i = 0; i < data.length; i++) {
    const value = read(view, i * width, byteOrder === "little");
    data[i] = value;
    if (isWhole && data[i] !== value)
      throw new FormatError(`${fn}: expected ${elements} within int32, got ${value} as element ${i}.`);
  }
  return { dtype, data };
}
