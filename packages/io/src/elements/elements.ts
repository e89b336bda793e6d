import { type DType, FormatError, type TypedArray } from "@tapegrad/tensor";
import { allocate } from "@tapegrad/tensor/internal";
import { widenBfloats, widenHalves } from "./half.ts";

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
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): StoredArray;
}

type Row = readonly [stored: StoredArrayType, dtype: DType, widen?: (stored: Uint16Array) => Float32Array];

/** The array that elements of a file are, the dtype that they become, and how, if not number by number. */
const rows: { readonly [E in Elements]: Row } = {
  bool: [Uint8Array, "bool"],
  uint8: [Uint8Array, "int32"],
  int8: [Int8Array, "int32"],
  uint16: [Uint16Array, "int32"],
  int16: [Int16Array, "int32"],
  uint32: [Uint32Array, "int32"],
  int32: [Int32Array, "int32"],
  uint64: [BigUint64Array, "int32"],
  int64: [BigInt64Array, "int32"],
  float16: [Uint16Array, "float32", widenHalves],
  bfloat16: [Uint16Array, "float32", widenBfloats],
  float32: [Float32Array, "float32"],
  float64: [Float64Array, "float64"],
};

/** The order of bytes in the arrays of this machine. */
export const machineOrder: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

/** How many axes a shape in a file may have: as many as arrays of NumPy. */
export const highestRank = 64;

/** Of so many elements numbers can count the bytes, whatever their type. */
const mostElements = 2 ** 50;

/**
 * How many bytes the elements of a shape take. Extents that multiply beyond 2^50 make it more than any file has, beside an
 * extent of 0 too: what has no elements can then be written in any type, and its axes can be turned around.
 */
export function bytesOf(elements: Elements, shape: readonly number[]): number {
  const product = shape.reduce((all, extent) => all * Math.max(extent, 1), 1);
  return product <= mostElements && shape.includes(0) ? 0 : product * rows[elements][0].BYTES_PER_ELEMENT;
}

/** How {@link readElements} goes about it. */
export interface ReadElementsOptions {
  /** What the bytes are, for messages; nothing unless given. */
  readonly name?: string;
  /** Whether elements that could stay where they are, in the buffer of the bytes, are copied; true unless given. */
  readonly copy?: boolean;
}

/**
 * The elements that bytes hold, as those of a tensor: whole numbers become int32, floats of 16 bits float32, others keep
 * their type. The bytes may begin anywhere.
 *
 * @throws {FormatError} for a whole number that int32 cannot hold, which would wrap, and a bool that is neither 0 nor 1
 */
export function readElements(
  fn: string,
  elements: Elements,
  bytes: Uint8Array,
  byteOrder: ByteOrder,
  { name, copy = true }: ReadElementsOptions = {},
): { readonly dtype: DType; readonly data: TypedArray } {
  const [type, dtype, widen] = rows[elements];
  const isOwnType = elements === dtype;
  const stored = storedArray(type, bytes, byteOrder, copy && isOwnType);
  const refused = (i: number): FormatError =>
    new FormatError(
      `${fn}: expected ${elements}${name === undefined ? "" : ` of ${name}`} ` +
        `${dtype === "bool" ? "to be 0 or 1" : "within int32"}, got ${stored[i]!} as element ${i}.`,
    );
  if (dtype === "bool") {
    const at = (stored as Uint8Array).findIndex((byte) => byte > 1);
    if (at >= 0) throw refused(at);
  }
  if (isOwnType) return { dtype, data: stored as TypedArray };
  if (widen !== undefined) return { dtype, data: widen(stored as Uint16Array) };
  const data = allocate(dtype, stored.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(stored[i]);
    data[i] = value;
    if (data[i] !== value) throw refused(i);
  }
  return { dtype, data };
}

/** The bytes as an array of their own type: where they are, if they are aligned, in order and may stay, else a copy. */
function storedArray(type: StoredArrayType, bytes: Uint8Array, byteOrder: ByteOrder, copy: boolean): StoredArray {
  const width = type.BYTES_PER_ELEMENT;
  const isInOrder = byteOrder === machineOrder || width === 1;
  if (isInOrder && !copy && bytes.byteOffset % width === 0)
    return new type(bytes.buffer, bytes.byteOffset, bytes.length / width);
  const own = new Uint8Array(bytes);
  if (!isInOrder) reverseEach(own, width);
  return new type(own.buffer);
}

/** Turns every `width` bytes around. */
function reverseEach(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
