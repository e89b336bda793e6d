import { type Elements, malformed } from "@tapegrad/io/internal";
import type { DType, Tensor } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";

/** The lists of a message that hold elements. */
export type ListName = "floats" | "int32s" | "int64s" | "doubles" | "uint64s";

/** How ONNX stores a dtype, and which of ours holds its values. */
export interface ElementType {
  readonly name: string;
  /** What its bytes are, in little-endian order. */
  readonly elements: Elements;
  readonly dtype: DType;
  readonly list: ListName;
  /** The smallest and the largest value, where ours has a larger range. */
  readonly range?: readonly [least: number, most: number];
  /** Whether it is only stored, by its bits in the list, and nothing is computed in it. */
  readonly isStored?: true;
}

type Range = ElementType["range"];

/** Whole numbers of every width become int32. */
function whole(elements: Elements, range?: Range, list: ListName = "int32s"): ElementType {
  return { name: elements.toUpperCase(), elements, dtype: "int32", list, ...(range && { range }) };
}

/** 16-bit floats become float32, which holds all their values. */
function half(elements: Elements): ElementType {
  return { name: elements.toUpperCase(), elements, dtype: "float32", list: "int32s", isStored: true };
}

/** The dtypes that are read, by number. */
const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { name: "FLOAT", elements: "float32", dtype: "float32", list: "floats" }],
  [2, whole("uint8", [0, 255])],
  [3, whole("int8", [-128, 127])],
  [4, whole("uint16", [0, 65_535])],
  [5, whole("int16", [-32_768, 32_767])],
  [6, whole("int32")],
  [7, whole("int64", undefined, "int64s")],
  [9, { name: "BOOL", elements: "bool", dtype: "bool", list: "int32s" }],
  [10, half("float16")],
  [11, { name: "DOUBLE", elements: "float64", dtype: "float64", list: "doubles" }],
  [12, whole("uint32", [0, 2 ** 32], "uint64s")],
  [13, whole("uint64", [0, 2 ** 64], "uint64s")],
  [16, half("bfloat16")],
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
  const { dtype, isStored } = elementType(source, field, dataType);
  if (isStored) throw malformed(source, field, `expected a dtype that is computed in, got ${dtypeName(dataType)}`);
  return dtype === "float32" ? float32 : dtype;
}

/** The dtype's name in the standard. */
function dtypeName(dataType: number): string {
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
