import { bytesOf, malformed, readElements, readMessage } from "@tapegrad/io/internal";
import type { Tensor, TypedArray } from "@tapegrad/tensor";
import { allocate, formatShape, fromData } from "@tapegrad/tensor/internal";
import { type ElementType, elementType, type ListName } from "./elements.ts";
import { externalBytes, type ExternalData } from "./external-data.ts";
import { limits } from "./limits.ts";
import { emptyTensor, tensorFields, type TensorProto } from "./tensor-proto.ts";

/**
 * The tensor that a message describes; what it declares is compared with what it holds before anything is allocated.
 *
 * @param field where the message stands, for messages
 * @param external the files beside the model
 * @throws {FormatError} naming the field
 */
export function toTensor(source: string, field: string, proto: TensorProto, external?: ExternalData): Tensor {
  const at = (name: string): string => (field === "" ? name : `${field}.${name}`);
  const type = elementType(source, at("data_type"), proto.dataType);
  const size = sizeOf(source, at, proto);
  const raw = proto.external ? externalBytes(source, at("external_data"), proto, external) : proto.raw;
  const place = proto.external ? at("external_data") : at(raw === undefined ? listField[type.list] : "raw_data");
  const held = raw === undefined ? proto[type.list].length : raw.length / bytesOf(type.elements, [1]);
  if (held !== size) {
    const wanted = `expected ${size} items of ${type.name} for shape ${formatShape(proto.dims)}`;
    throw malformed(source, place, `${wanted}, got ${held}`);
  }
  const bytes = raw ?? (type.isStored ? new Uint8Array(Uint16Array.from(proto[type.list]).buffer) : undefined);
  const data =
    bytes === undefined || type.elements === "int64"
      ? listed(source, place, type, bytes === undefined ? proto[type.list] : int64s(bytes))
      : readElements(source, type.elements, bytes, "little", { name: place }).data;
  return fromData(data, [...proto.dims], type.dtype);
}

/** The elements of a list. */
function listed(source: string, place: string, { dtype, elements }: ElementType, items: ArrayLike<number>): TypedArray {
  const data = allocate(dtype, items.length);
  for (let i = 0; i < items.length; i++) {
    const value = elements === "int64" ? nearer(items[i]!) : items[i]!;
    if (dtype === "int32" && value !== (value | 0)) {
      throw malformed(source, `${place}[${i}]`, `expected a value within int32, got ${value}`);
    }
    data[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return data;
}

/** The ends of int64, which stand for "as far as possible" in ranges, are those of int32. */
function nearer(value: number): number {
  return value === 2 ** 63 ? 2 ** 31 - 1 : value === -(2 ** 63) ? -(2 ** 31) : value;
}

/** Whole numbers of 64 bits, beyond 2^53 rounded to the nearest double. */
function int64s(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length / 8 },
    (_, i) => view.getInt32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true),
  );
}

function sizeOf(source: string, at: (name: string) => string, { dims }: TensorProto): number {
  let size = 1;
  for (const [i, dim] of dims.entries()) {
    if (!(Number.isSafeInteger(dim) && dim >= 0)) {
      throw malformed(source, at(`dims[${i}]`), `expected an extent of at least 0, got ${dim}`);
    }
    size *= dim;
  }
  return size;
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
 * @param source name for messages
 * @throws {FormatError} naming the field
 */
export function readTensor(source: string, bytes: Uint8Array): Tensor {
  return toTensor(source, "", readMessage(source, bytes, tensorFields, emptyTensor(), limits));
}
