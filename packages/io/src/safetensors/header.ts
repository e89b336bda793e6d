import { highestRank } from "../elements/elements.ts";
import { elementBytes, dtypeNames, isSafetensorsDType, type SafetensorsDType } from "./dtypes.ts";
import { JsonReader } from "./json-reader.ts";
import { excerpt, type Refuse } from "./refuse.ts";

/** What a safetensors file says of a tensor in its header. */
export interface SafetensorsEntry {
  /** Its element type in the file. */
  readonly dtype: SafetensorsDType;
  /** Its extents, outermost axis first. */
  readonly shape: readonly number[];
  /** Where its elements begin, in bytes from the start of the file. */
  readonly byteOffset: number;
  /** How many bytes they take. */
  readonly byteLength: number;
}

/** A header that has been checked against the size of its file. */
export interface Header {
  /** By name, in the order of their elements in the file. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The key that is no tensor. */
export const metadataKey = "__metadata__";

/**
 * Reads the text of a header, and checks it: every key once, known dtypes, extents that multiply to the bytes between the
 * offsets, and tensors that fill the data from its first byte to its last.
 *
 * @param begin where the data begin in the file
 * @param size how many bytes the file has
 * @throws {FormatError} made by `refuse`
 */
export function parseHeader(text: string, begin: number, size: number, refuse: Refuse): Header {
  const reader = new JsonReader(text, refuse);
  const tensors: [name: string, entry: SafetensorsEntry][] = [];
  const metadata = new Map<string, string>();
  for (const key of reader.keys("the header")) {
    if (key === metadataKey) {
      for (const name of reader.keys(metadataKey))
        metadata.set(name, reader.string(`${excerpt(name)} of ${metadataKey}`));
    } else {
      tensors.push([key, parseEntry(reader, excerpt(key), begin, refuse)]);
    }
  }
  reader.end("the header");
  tensors.sort(([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  expectNoHoles(tensors, begin, size, refuse);
  return { tensors: new Map(tensors), metadata };
}

function parseEntry(reader: JsonReader, name: string, begin: number, refuse: Refuse): SafetensorsEntry {
  const [dtypeField, shapeField, offsetsField] = [`dtype of ${name}`, `shape of ${name}`, `data_offsets of ${name}`];
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  for (const key of reader.keys(name)) {
    if (key === "dtype") dtype = reader.string(dtypeField);
    else if (key === "shape") shape = reader.wholeNumbers(shapeField, highestRank);
    else if (key === "data_offsets") offsets = reader.wholeNumbers(offsetsField, 2);
    else throw refuse(name, "to have dtype, shape and data_offsets alone", excerpt(key));
  }
  if (dtype === undefined || shape === undefined || offsets === undefined)
    throw refuse(name, "to have dtype, shape and data_offsets", "not all of them");
  if (!isSafetensorsDType(dtype)) throw refuse(dtypeField, `to be one of ${dtypeNames.join(", ")}`, excerpt(dtype));
  const [from, to] = offsets;
  if (offsets.length !== 2 || from! > to!)
    throw refuse(offsetsField, "to be a begin and an end behind it", `[${offsets.join(", ")}]`);
  const byteLength = byteLengthOf(dtype, shape);
  if (byteLength === undefined) throw refuse(shapeField, "to have at most 2^53 - 1 bytes", `[${shape.join(", ")}]`);
  if (to! - from! !== byteLength)
    throw refuse(
      offsetsField,
      `to be ${byteLength} bytes apart for ${dtype} of shape [${shape.join(", ")}]`,
      `[${offsets.join(", ")}]`,
    );
  return { dtype, shape, byteOffset: begin + from!, byteLength };
}

/** The bytes of a tensor; undefined if they, or a product on the way, are beyond numbers, or there are too many axes. */
export function byteLengthOf(dtype: SafetensorsDType, shape: readonly number[]): number | undefined {
  if (shape.length > highestRank) return undefined;
  let bytes = elementBytes(dtype);
  for (const extent of shape) {
    bytes *= extent;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/** Throws unless each tensor begins where the one before ends, and the file ends with the last. */
function expectNoHoles(
  tensors: readonly (readonly [name: string, entry: SafetensorsEntry])[],
  begin: number,
  size: number,
  refuse: Refuse,
): void {
  let end = begin;
  for (const [name, { byteOffset, byteLength }] of tensors) {
    if (byteOffset !== end)
      throw refuse(
        `data_offsets of ${excerpt(name)}`,
        `to begin where the tensor before ends, at ${end - begin}`,
        byteOffset - begin,
      );
    end += byteLength;
  }
  if (end !== size)
    throw refuse("the header", `to tell of all ${size - begin} bytes of data`, `tensors of ${end - begin}`);
}
