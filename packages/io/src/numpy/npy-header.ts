import { FormatError } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";
import { highestRank } from "../elements/elements.ts";

/** The versions of the format: since the first one only lengths of headers and their alphabet have changed. */
export type NpyVersion = 1 | 2 | 3;

/** What a `.npy` file says about its elements. */
export interface NpyHeader {
  /** Byte order and type, such as "<f4"; a list if elements have fields. */
  readonly descr: unknown;
  /** Whether the first axis is the one that runs fastest. */
  readonly isFortran: boolean;
  readonly shape: readonly number[];
}

/** 0x93 and "NUMPY", before the version, which is two bytes. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Bytes before the header, length included. */
const startOf = { 1: 10, 2: 12, 3: 12 } as const;

/** More bytes than any array of numbers needs. */
const longestHeader = 65_535;

/**
 * The header of a `.npy` file, and the bytes behind it. Nothing of it is evaluated.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the bytes are, for messages
 * @throws {FormatError} if it is none
 */
export function splitNpy(fn: string, name: string, bytes: Uint8Array): NpyHeader & { readonly body: Uint8Array } {
  const refused = (expected: string, got: string | number): FormatError =>
    new FormatError(`${fn}: expected ${name} ${expected}, got ${got}.`);
  const [version, minor] = bytes.subarray(magic.length);
  if (magic.some((byte, i) => bytes[i] !== byte) || bytes.length < startOf[2])
    throw refused("to begin with 0x93, NUMPY, a version and a length", `${bytes.length} others`);
  if ((version !== 1 && version !== 2 && version !== 3) || minor !== 0)
    throw refused("to be of version 1, 2 or 3", `${version}.${minor}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, length] = [startOf[version], version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)];
  if (length > longestHeader) throw refused(`to have a header of at most ${longestHeader} bytes`, length);
  if (start + length > bytes.length) throw refused(`to have a header of ${length} bytes`, bytes.length - start);
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const { descr, fortran_order: isFortran, shape } = dictionaryOf(text) ?? {};
  if (descr === undefined || typeof isFortran !== "boolean" || !Array.isArray(shape))
    throw refused("to have a header with descr, fortran_order and shape", JSON.stringify(text.slice(0, 80).trim()));
  if (shape.length > highestRank || !shape.every((extent) => Number.isSafeInteger(extent)))
    throw refused(`to have a shape of at most ${highestRank} extents`, JSON.stringify(shape).slice(0, 80));
  return { descr, isFortran, shape: shape as number[], body: bytes.subarray(start + length) };
}

/** A word of a literal of Python: a string, a mark, a truth value, or a number, behind which Python 2 had an L. */
const word = /\s*(?:'([^'"\\]*)'|"([^'"\\]*)"|(True|False|\d+|[{}()[\]:,])L?)/y;

/** What is another word in JSON. */
const inJson: { readonly [word: string]: string | undefined } = { "(": "[", ")": "]", True: "true", False: "false" };

/** The dictionary that a header is, its tuples as lists; undefined if it is none of exactly three entries. */
function dictionaryOf(header: string): Readonly<Record<string, unknown>> | undefined {
  const text = header.trimEnd();
  const words: string[] = [];
  for (word.lastIndex = 0; word.lastIndex < text.length;) {
    const match = word.exec(text);
    if (match === null) return undefined;
    const [, single, double, plain = ""] = match;
    const string = single ?? double;
    // Lists may end in a comma, which those of JSON may not.
    if (/^[)\]}]$/.test(plain) && words.at(-1) === ",") words.pop();
    words.push(string === undefined ? (inJson[plain] ?? plain) : JSON.stringify(string));
  }
  try {
    const parsed: unknown = JSON.parse(words.join(" "));
    const isDictionary = isPlainObject(parsed) && Object.keys(parsed).length === 3;
    return isDictionary && words.filter((each) => each === ":").length === 3 ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** As many digits as NumPy leaves room for in the extent along which an array grows. */
const growthDigits = 21;
/** Elements begin at a multiple of so many bytes. */
const alignment = 64;

/** All that stands before the elements, as NumPy writes it. */
export function npyStart({ descr, isFortran, shape }: NpyHeader, version: NpyVersion): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${String(descr)}', 'fortran_order': ${isFortran ? "True" : "False"}, 'shape': ${tuple}, }`;
  const growing = shape.at(isFortran ? -1 : 0);
  const room = growing === undefined ? 0 : growthDigits - String(growing).length;
  const start = startOf[version];
  const used = start + text.length + room + 1;
  const length = used + alignment - (used % alignment) - start;
  const bytes = new Uint8Array(start + length);
  bytes.set(magic);
  bytes[magic.length] = version;
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  new TextEncoder().encodeInto(`${text.padEnd(length - 1)}\n`, bytes.subarray(start));
  return bytes;
}
