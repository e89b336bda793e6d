import { malformed, readMessage } from "@tapegrad/io/internal";
import type { Tensor } from "@tapegrad/tensor";
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
  const held = raw === undefined ? proto[type.list].length : raw.length / type.width;
  if (held !== size) {
    const wanted = `expected ${size} items of ${type.name} for shape ${formatShape(proto.dims)}`;
    throw malformed(source, place, `${wanted}, got ${held}`);
  }
  const data = allocate(type.dtype, size);
  if (raw !== undefined && type.raw === undefined) {
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(raw);
  } else {
    const read = raw === undefined ? listed(proto[type.list], type) : packed(raw, type);
    for (let i = 0; i < size; i++) data[i] = element(source, place, i, type, read(i));
  }
  return fromData(data, [...proto.dims], type.dtype);
}

/** What ours has of an item. */
function element(source: string, place: string, i: number, { dtype }: ElementType, value: number): number {
  if (dtype === "bool") return Number(value !== 0);
  if (dtype !== "int32" || value === (value | 0)) return value;
  throw malformed(source, `${place}[${i}]`, `expected a value within int32, got ${value}`);
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

function packed(bytes: Uint8Array, { raw, width }: ElementType): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (i) => raw!(view, i * width);
}

function listed(items: readonly number[], { decode }: ElementType): (i: number) => number {
  return decode === undefined ? (i) => items[i]! : (i) => decode(items[i]!);
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
