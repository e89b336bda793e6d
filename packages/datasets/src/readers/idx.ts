import { bytesOf, type Elements, expectBytes, readElements } from "@tapegrad/io/internal";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, formatShape, fromData } from "@tapegrad/tensor/internal";

/** Element types by their code in the third byte. */
const types: { readonly [code: number]: Elements | undefined } = {
  0x08: "uint8",
  0x09: "int8",
  0x0b: "int16",
  0x0c: "int32",
  0x0d: "float32",
  0x0e: "float64",
};

/** What an IDX file holds: extents, and elements of its own type. */
export interface IdxContent {
  readonly shape: readonly number[];
  readonly elements: Elements;
  /** The elements as they stand in the file, big-endian. */
  readonly bytes: Uint8Array;
}

/**
 * Reads an IDX file, the format of MNIST.
 *
 * Four bytes `0, 0, type, rank`, then as many extents as 32-bit numbers, then the elements, all big-endian. Types with
 * 8, 16 and 32 bits become int32, those of floating point keep theirs.
 *
 * @param bytes the whole file, unpacked
 * @throws {ValueError} if they are no Uint8Array
 * @throws {FormatError} if it is no IDX file, or has fewer or more bytes than its header says
 * @see The IDX file format, in Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits (1998)
 * @example
 * const bytes = Uint8Array.of(0, 0, 0x08, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 255);
 * decodeIdx(bytes).toArray(); // => [[7, 8, 255]]
 */
export function decodeIdx(bytes: Uint8Array, ...none: []): Tensor {
  expectNothing("decodeIdx", none);
  const { shape, elements, bytes: body } = readIdx("decodeIdx", "the bytes", bytes);
  const { dtype, data } = readElements("decodeIdx", elements, body, "big");
  return fromData(data, shape, dtype);
}

/**
 * The header of an IDX file and the bytes behind it.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the bytes are, for messages
 */
export function readIdx(fn: string, name: string, bytes: Uint8Array): IdxContent {
  expectBytes(fn, bytes);
  const [first, second, code, rank] = bytes;
  const elements = types[code ?? 0];
  if (first !== 0 || second !== 0 || elements === undefined || rank === undefined) {
    const start = Array.from(bytes.subarray(0, 4)).join(", ");
    throw new FormatError(`${fn}: expected ${name} to begin as an IDX file, 0, 0, type, rank, got ${start}.`);
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw new FormatError(`${fn}: expected ${name} to have a header of ${header} bytes, got ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Extents of a few hostile bytes may multiply beyond what numbers count: such a product is no length either.
  const expected = header + bytesOf(elements, shape);
  if (bytes.length !== expected) {
    throw new FormatError(
      `${fn}: expected ${name} to have ${expected} bytes for ${elements} of shape ${formatShape(shape)}, got ${bytes.length}.`,
    );
  }
  return { shape, elements, bytes: bytes.subarray(header) };
}
