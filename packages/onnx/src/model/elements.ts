import { malformed } from "@tapegrad/io/internal";
import type { DType, Tensor } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";

/** The lists of a message that hold elements. */
export type ListName = "floats" | "int32s" | "int64s" | "doubles" | "uint64s";

/** How ONNX stores a dtype, and which of ours holds its values. */
export interface ElementType {
  readonly name: string;
  readonly dtype: DType;
  readonly width: number;
  /** How an element lies in bytes, unless as ours do: WebAssembly, and whatever runs it, is little-endian as well. */
  readonly raw?: (view: DataView, at: number) => number;
  readonly list: ListName;
  /** What an item of the list means, where that is not its number. */
  readonly decode?: (item: number) => number;
  /** The smallest and the largest value, where ours has a larger range. */
  readonly range?: readonly [least: number, most: number];
  /** Whether it is only stored, and nothing is computed in it. */
  readonly stored?: true;
}

const int64 = (view: DataView, at: number): number => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
const uint64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

/** The ends of int64, which stand for "as far as possible" in ranges, are those of int32. */
function nearer(value: number): number {
  return value === 2 ** 63 ? 2 ** 31 - 1 : value === -(2 ** 63) ? -(2 ** 31) : value;
}

/** The value of 16 bits with 5 for the exponent. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The value of the upper 16 bits of a float32. */
function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, (bits & 0xffff) * 2 ** 16);
  return scratch.getFloat32(0);
}

/** Whole numbers become int32. */
function whole(name: string, width: number, rest: Partial<ElementType>): ElementType {
  return { name, dtype: "int32", width, list: "int32s", ...rest };
}

/** 16-bit floats become float32, which holds all their values. */
function half(name: string, decode: (bits: number) => number): ElementType {
  const raw = (view: DataView, at: number): number => decode(view.getUint16(at, true));
  return { name, dtype: "float32", width: 2, list: "int32s", raw, decode, stored: true };
}

/** The dtypes that are read, by number. */
const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { name: "FLOAT", dtype: "float32", width: 4, list: "floats" }],
  [2, whole("UINT8", 1, { raw: (v, at) => v.getUint8(at), range: [0, 255] })],
  [3, whole("INT8", 1, { raw: (v, at) => v.getInt8(at), range: [-128, 127] })],
  [4, whole("UINT16", 2, { raw: (v, at) => v.getUint16(at, true), range: [0, 65_535] })],
  [5, whole("INT16", 2, { raw: (v, at) => v.getInt16(at, true), range: [-32_768, 32_767] })],
  [6, whole("INT32", 4, {})],
  [7, whole("INT64", 8, { raw: (v, at) => nearer(int64(v, at)), list: "int64s", decode: nearer })],
  [9, { name: "BOOL", dtype: "bool", width: 1, raw: (v, at) => v.getUint8(at), list: "int32s" }],
  [10, half("FLOAT16", halfToNumber)],
  [11, { name: "DOUBLE", dtype: "float64", width: 8, list: "doubles" }],
  [12, whole("UINT32", 4, { raw: (v, at) => v.getUint32(at, true), list: "uint64s", range: [0, 2 ** 32] })],
  [13, whole("UINT64", 8, { raw: uint64, list: "uint64s", range: [0, 2 ** 64] })],
  [16, half("BFLOAT16", bfloatToNumber)],
]);

/** Dtypes that ONNX has and that nothing here can hold. */
const unheld: ReadonlyMap<number, string> = new Map([
  [8, "STRING"],
  [14, "COMPLEX64"],
  [15, "COMPLEX128"],
]);

/**
 * Converts to a dtype that is named by its number: whole numbers have to lie in its range.
 *
 * @param field where the number stands, for messages
 * @param float32 what stands for float32
 * @throws {FormatError} for dtypes that nothing here computes in: 16-bit floats, strings, complex and unknown ones
 */
export function convert(source: string, field: string, x: Tensor, dataType: number, float32: DType): Tensor {
  const { range } = elementType(source, field, dataType);
  const y = x.to(dtypeOf(source, field, dataType, float32));
  if (range !== undefined) {
    expectElements(y, {
      within: [range],
      error: (value) => malformed(source, field, `expected values of ${dtypeName(dataType)}, got ${value}`),
    });
  }
  return y;
}

/**
 * The dtype in which one of ONNX, given by its number, is computed.
 *
 * @throws {FormatError} as {@link convert}
 */
export function dtypeOf(source: string, field: string, dataType: number, float32: DType): DType {
  const { dtype, stored } = elementType(source, field, dataType);
  if (stored) throw malformed(source, field, `expected a dtype that is computed in, got ${dtypeName(dataType)}`);
  return dtype === "float32" ? float32 : dtype;
}

/** The dtype's name in the standard. */
export function dtypeName(dataType: number): string {
  return elementTypes.get(dataType)?.name ?? unheld.get(dataType) ?? `number ${dataType}`;
}

/**
 * How elements of the dtype with a number are stored.
 *
 * @throws {FormatError} for dtypes that nothing here can hold
 */
export function elementType(source: string, field: string, dataType: number): ElementType {
  const type = elementTypes.get(dataType);
  if (type === undefined) {
    const names = [...elementTypes.values()].map(({ name }) => name).join(", ");
    throw malformed(source, field, `expected a dtype among ${names}, got ${dtypeName(dataType)}`);
  }
  return type;
}
