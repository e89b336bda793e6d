import { type Fields, malformed, readMessage } from "@tapegrad/io/internal";
import { type DType, type Tensor } from "@tapegrad/tensor";
import { allocate, formatShape, fromData } from "@tapegrad/tensor/internal";
import { limits } from "./limits.ts";

/** A tensor as it stands in a file: its data is in `raw` or in one of the lists. */
export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  floats: number[];
  int32s: number[];
  int64s: number[];
  doubles: number[];
  uint64s: number[];
  strings: number;
  raw: Uint8Array | undefined;
  /** Whether the data lies in another file. */
  external: boolean;
}

/** An empty message. */
export const emptyTensor = (): TensorProto => ({
  name: "",
  dims: [],
  dataType: 0,
  floats: [],
  int32s: [],
  int64s: [],
  doubles: [],
  uint64s: [],
  strings: 0,
  raw: undefined,
  external: false,
});

/** The fields of a `TensorProto`. */
export const tensorFields: Fields<TensorProto> = {
  1: { name: "dims", read: (value, into) => value.ints(into.dims) },
  2: { name: "data_type", read: (value, into) => (into.dataType = value.int()) },
  4: { name: "float_data", read: (value, into) => value.floats(into.floats) },
  5: { name: "int32_data", read: (value, into) => value.ints(into.int32s) },
  6: { name: "string_data", read: (value, into) => (into.strings += value.bytes().length > 0 ? 1 : 0) },
  7: { name: "int64_data", read: (value, into) => value.ints(into.int64s) },
  8: { name: "name", read: (value, into) => (into.name = value.string()) },
  9: { name: "raw_data", read: (value, into) => (into.raw = value.bytes()) },
  10: { name: "double_data", read: (value, into) => value.doubles(into.doubles) },
  11: { name: "uint64_data", read: (value, into) => value.ints(into.uint64s) },
  14: { name: "data_location", read: (value, into) => (into.external = value.int() !== 0) },
};

type ListName = "floats" | "int32s" | "int64s" | "doubles" | "uint64s";

/** How ONNX stores a dtype, and which of ours holds its values. */
interface Storage {
  readonly name: string;
  readonly dtype: DType;
  readonly width: number;
  readonly raw: (view: DataView, at: number) => number;
  readonly list: ListName;
  /** What an item of the list means, where that is not its number. */
  readonly decode?: (item: number) => number;
  /** The smallest and the largest value, where ours has a larger range. */
  readonly range?: readonly [least: number, most: number];
}

const int64 = (view: DataView, at: number): number => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
const uint64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

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

/**
 * The dtypes that are read, by number. Whole numbers of every width become int32 (out of range is an error),
 * 16-bit floats become float32, which holds all their values.
 */
const storages: ReadonlyMap<number, Storage> = new Map<number, Storage>([
  [1, { name: "FLOAT", dtype: "float32", width: 4, raw: (v, at) => v.getFloat32(at, true), list: "floats" }],
  [2, { name: "UINT8", dtype: "int32", width: 1, raw: (v, at) => v.getUint8(at), list: "int32s", range: [0, 255] }],
  [3, { name: "INT8", dtype: "int32", width: 1, raw: (v, at) => v.getInt8(at), list: "int32s", range: [-128, 127] }],
  [
    4,
    {
      name: "UINT16",
      dtype: "int32",
      width: 2,
      raw: (v, at) => v.getUint16(at, true),
      list: "int32s",
      range: [0, 65535],
    },
  ],
  [
    5,
    {
      name: "INT16",
      dtype: "int32",
      width: 2,
      raw: (v, at) => v.getInt16(at, true),
      list: "int32s",
      range: [-32768, 32767],
    },
  ],
  [6, { name: "INT32", dtype: "int32", width: 4, raw: (v, at) => v.getInt32(at, true), list: "int32s" }],
  [7, { name: "INT64", dtype: "int32", width: 8, raw: int64, list: "int64s" }],
  [9, { name: "BOOL", dtype: "bool", width: 1, raw: (v, at) => v.getUint8(at), list: "int32s" }],
  [
    10,
    {
      name: "FLOAT16",
      dtype: "float32",
      width: 2,
      raw: (v, at) => halfToNumber(v.getUint16(at, true)),
      list: "int32s",
      decode: halfToNumber,
    },
  ],
  [11, { name: "DOUBLE", dtype: "float64", width: 8, raw: (v, at) => v.getFloat64(at, true), list: "doubles" }],
  [
    12,
    {
      name: "UINT32",
      dtype: "int32",
      width: 4,
      raw: (v, at) => v.getUint32(at, true),
      list: "uint64s",
      range: [0, 2 ** 32],
    },
  ],
  [13, { name: "UINT64", dtype: "int32", width: 8, raw: uint64, list: "uint64s", range: [0, 2 ** 64] }],
  [
    16,
    {
      name: "BFLOAT16",
      dtype: "float32",
      width: 2,
      raw: (v, at) => bfloatToNumber(v.getUint16(at, true)),
      list: "int32s",
      decode: bfloatToNumber,
    },
  ],
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
export function convert(file: string, field: string, x: Tensor, dataType: number, float32: DType): Tensor {
  const { range } = storageOf(file, field, dataType);
  const y = x.to(dtypeOf(file, field, dataType, float32));
  const off = range && y.data.find((value) => value < range[0] || value > range[1]);
  if (off !== undefined) throw malformed(file, field, `expected values of ${dtypeName(dataType)}, got ${off}`);
  return y;
}

/**
 * The dtype in which one of ONNX, given by its number, is computed.
 *
 * @throws {FormatError} as {@link convert}
 */
export function dtypeOf(file: string, field: string, dataType: number, float32: DType): DType {
  const { dtype, decode } = storageOf(file, field, dataType);
  if (decode !== undefined) {
    throw malformed(file, field, `expected a dtype that is computed in, got ${dtypeName(dataType)}`);
  }
  return dtype === "float32" ? float32 : dtype;
}

/** The dtype's name in the standard. */
function dtypeName(dataType: number): string {
  return storages.get(dataType)?.name ?? unheld.get(dataType) ?? `number ${dataType}`;
}

function storageOf(file: string, field: string, dataType: number): Storage {
  const storage = storages.get(dataType);
  if (storage === undefined) {
    const names = [...storages.values()].map(({ name }) => name).join(", ");
    throw malformed(file, field, `expected a dtype among ${names}, got ${dtypeName(dataType)}`);
  }
  return storage;
}

/**
 * The tensor that a message describes; what it declares is compared with what it holds before anything is allocated.
 *
 * @param field where the message stands, for messages
 * @throws {FormatError} naming the file and the field
 */
export function toTensor(file: string, field: string, proto: TensorProto): Tensor {
  const at = (name: string): string => (field === "" ? name : `${field}.${name}`);
  const storage = storageOf(file, at("data_type"), proto.dataType);
  if (proto.external) throw malformed(file, at("data_location"), "expected data in the file, got it elsewhere");
  let size = 1;
  for (const [i, dim] of proto.dims.entries()) {
    if (!(Number.isSafeInteger(dim) && dim >= 0)) {
      throw malformed(file, at(`dims[${i}]`), `expected an extent of at least 0, got ${dim}`);
    }
    size *= dim;
  }
  const [source, listed] =
    proto.raw === undefined ? [at(listField[storage.list]), proto[storage.list]] : [at("raw_data")];
  const held = listed?.length ?? (proto.raw as Uint8Array).length / storage.width;
  if (held !== size) {
    const wanted = `expected ${size} items of ${storage.name} for shape ${formatShape(proto.dims)}`;
    throw malformed(file, source, `${wanted}, got ${held}`);
  }
  const data = allocate(storage.dtype, size);
  const view = proto.raw && new DataView(proto.raw.buffer, proto.raw.byteOffset, proto.raw.byteLength);
  const decode = storage.decode ?? ((item: number): number => item);
  for (let i = 0; i < size; i++) {
    const value = view ? storage.raw(view, i * storage.width) : decode((listed as number[])[i]!);
    if (storage.dtype === "int32" && value !== (value | 0)) {
      throw malformed(file, `${source}[${i}]`, `expected a value within int32, got ${value}`);
    }
    data[i] = storage.dtype === "bool" ? Number(value !== 0) : value;
  }
  return fromData(data, [...proto.dims], storage.dtype);
}

const listField: Readonly<Record<ListName, string>> = {
  floats: "float_data",
  int32s: "int32_data",
  int64s: "int64_data",
  doubles: "double_data",
  uint64s: "uint64_data",
};

/**
 * Reads a file that holds one tensor.
 *
 * @param file name for messages
 * @throws {FormatError} naming the file and the field
 */
export function readTensor(file: string, bytes: Uint8Array): Tensor {
  return toTensor(file, "", readMessage(file, bytes, tensorFields, emptyTensor(), limits));
}
