import { type DType, FormatError, type TypedArray } from "@tapegrad/tensor";
import { allocate, dtypes } from "@tapegrad/tensor/internal";
import { bfloatToNumber, halfToNumber } from "./half.ts";

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

/** Which byte of several comes first. */
export type ByteOrder = "little" | "big";

type StoredArray = TypedArray | Int8Array | Uint16Array | Int16Array | Uint32Array | BigUint64Array | BigInt64Array;

/** What of an array type is needed. */
interface StoredArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): StoredArray;
}

type Row = readonly [stored: StoredArrayType, dtype: DType, decode?: (stored: number | bigint) => number];

/** The array that elements of a file are, the dtype that they become, and how, if not by their number. */
const rows: { readonly [E in Elements]: Row } = {
  bool: [Uint8Array, "bool", (byte) => Math.min(Number(byte), 1)],
  uint8: [Uint8Array, "int32"],
  int8: [Int8Array, "int32"],
  uint16: [Uint16Array, "int32"],
  int16: [Int16Array, "int32"],
  uint32: [Uint32Array, "int32"],
  int32: [Int32Array, "int32"],
  uint64: [BigUint64Array, "int32"],
  int64: [BigInt64Array, "int32"],
  float16: [Uint16Array, "float32", (bits) => halfToNumber(Number(bits))],
  bfloat16: [Uint16Array, "float32", (bits) => bfloatToNumber(Number(bits))],
  float32: [Float32Array, "float32"],
  float64: [Float64Array, "float64"],
};

/** The order of bytes in the arrays of this machine. */
export const machineOrder: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

/**
 * How many bytes the elements of a shape take. Extents that multiply beyond what numbers count make it more than any file has,
 * beside an extent of 0 too.
 */
export function bytesOf(elements: Elements, shape: readonly number[]): number {
  const bytes = shape.reduce((product, extent) => product * Math.max(extent, 1), rows[elements][0].BYTES_PER_ELEMENT);
  return bytes <= Number.MAX_SAFE_INTEGER && shape.includes(0) ? 0 : bytes;
}

/**
 * The elements that bytes hold, as those of a tensor: whole numbers become int32, floats of 16 bits float32, others keep
 * their type. What comes is a copy, for which the bytes may begin anywhere.
 *
 * @throws {FormatError} for a whole number that int32 cannot hold: it would wrap
 */
export function readElements(
  fn: string,
  elements: Elements,
  bytes: Uint8Array,
  byteOrder: ByteOrder,
): { readonly dtype: DType; readonly data: TypedArray } {
  const [type, dtype, decode = Number] = rows[elements];
  const copy = new Uint8Array(bytes);
  if (byteOrder !== machineOrder) reverseEach(copy, type.BYTES_PER_ELEMENT);
  const stored = new type(copy.buffer);
  if (stored instanceof dtypes[dtype].array && decode === Number) return { dtype, data: stored };
  const data = allocate(dtype, stored.length);
  const isWhole = dtype === "int32";
  for (let i = 0; i < data.length; i++) {
    const value = decode(stored[i]!);
    data[i] = value;
    if (isWhole && data[i] !== value)
      throw new FormatError(`${fn}: expected ${elements} within int32, got ${stored[i]} as element ${i}.`);
  }
  return { dtype, data };
}

/** Turns every `width` bytes around. */
function reverseEach(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
