import { type DType, FormatError, type TypedArray } from "@tapegrad/tensor";
import { allocate, dtypes } from "@tapegrad/tensor/internal";
import { float16Values } from "./half.ts";

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
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64";

interface Row {
  /** Bytes of an element. */
  readonly width: number;
  /** The dtype that the elements become. */
  readonly dtype: DType;
  /** How one is read; nothing where little-endian bytes are those of the dtype. */
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** The whole number of eight bytes: exact where int32 has it, and never in its range where it has not. */
function wide(view: DataView, at: number, little: boolean, isSigned: boolean): number {
  const [low, high] = little ? [at, at + 4] : [at + 4, at];
  const upper = isSigned ? view.getInt32(high, little) : view.getUint32(high, little);
  return upper * 2 ** 32 + view.getUint32(low, little);
}

const widened = new DataView(new ArrayBuffer(4));

function bfloat16(bits: number): number {
  widened.setUint32(0, bits * 65_536);
  return widened.getFloat32(0);
}

const rows: { readonly [E in Elements]: Row } = {
  bool: { width: 1, dtype: "bool", read: (view, at) => view.getUint8(at) },
  uint8: { width: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  int8: { width: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  uint16: { width: 2, dtype: "int32", read: (view, at, little) => view.getUint16(at, little) },
  int16: { width: 2, dtype: "int32", read: (view, at, little) => view.getInt16(at, little) },
  uint32: { width: 4, dtype: "int32", read: (view, at, little) => view.getUint32(at, little) },
  int32: { width: 4, dtype: "int32", read: (view, at, little) => view.getInt32(at, little) },
  uint64: { width: 8, dtype: "int32", read: (view, at, little) => wide(view, at, little, false) },
  int64: { width: 8, dtype: "int32", read: (view, at, little) => wide(view, at, little, true) },
  float16: { width: 2, dtype: "float32", read: (view, at, little) => float16Values()[view.getUint16(at, little)]! },
  bfloat16: { width: 2, dtype: "float32", read: (view, at, little) => bfloat16(view.getUint16(at, little)) },
  float32: { width: 4, dtype: "float32", read: (view, at, little) => view.getFloat32(at, little) },
  float64: { width: 8, dtype: "float64", read: (view, at, little) => view.getFloat64(at, little) },
};

/** How many bytes an element takes. */
export function widthOf(elements: Elements): number {
  return rows[elements].width;
}

/** How {@link readElements} reads. */
export interface ReadElementsOptions {
  /** Which byte of an element comes first; the lowest unless given. */
  readonly byteOrder?: "little" | "big";
  /** Whether elements that could stay where they are, in the buffer of the bytes, are copied; true unless given. */
  readonly copy?: boolean;
}

/**
 * The elements that bytes hold, as those of a tensor: whole numbers become int32, half precision becomes float32, the
 * others keep their type.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the bytes are, for messages
 * @param bytes as many as whole elements take
 * @throws {FormatError} for a whole number that int32 cannot hold, since it would wrap, and for a bool that is neither 0 nor 1
 */
export function readElements(
  fn: string,
  name: string,
  elements: Elements,
  bytes: Uint8Array,
  { byteOrder = "little", copy = true }: ReadElementsOptions = {},
): { readonly dtype: DType; readonly data: TypedArray } {
  const { width, dtype, read } = rows[elements];
  const length = bytes.length / width;
  const little = byteOrder === "little";
  if (elements === dtype && (little || width === 1)) {
    const data = native(dtype, bytes, length, copy);
    if (dtype === "bool") expectBools(fn, name, data);
    return { dtype, data };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) {
    const value = read(view, i * width, little);
    data[i] = value;
    if (dtype === "int32" && data[i] !== value)
      throw new FormatError(`${fn}: expected ${name} to hold ${elements} within int32, got ${value} as element ${i}.`);
  }
  return { dtype, data };
}

/** Elements whose bytes are as they stand in memory: a view if they are aligned and may stay, or else a copy. */
function native(dtype: DType, bytes: Uint8Array, length: number, copy: boolean): TypedArray {
  const { array: View, bytes: width } = dtypes[dtype];
  if (!copy && bytes.byteOffset % width === 0) return new View(bytes.buffer, bytes.byteOffset, length);
  const data = allocate(dtype, length);
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes);
  return data;
}

function expectBools(fn: string, name: string, data: TypedArray): void {
  const at = data.findIndex((value) => value > 1);
  if (at >= 0)
    throw new FormatError(`${fn}: expected ${name} to hold bools, 0 or 1, got ${data[at]!} as element ${at}.`);
}
