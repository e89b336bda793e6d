import type { Bytes } from "@tapegrad/files";
import { type DType, FormatError, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectNoTrace,
  expectNothing,
  expectTensor,
  formatShape,
  fromData,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import {
  type ByteOrder,
  bytesOf,
  type Elements,
  highestRank,
  machineOrder,
  readElements,
} from "../elements/elements.ts";
import { expectBytes } from "../elements/expect-bytes.ts";
import { newBytes } from "../elements/with-room.ts";
import { npyStart, type NpyVersion, splitNpy } from "./npy-header.ts";

/** How {@link encodeNpy} writes an array. */
export interface NpyOptions {
  /** Version of the format; 1 unless given, which every reader knows. */
  readonly version?: NpyVersion;
  /** Whether the first axis is the one that runs fastest, as in Fortran; false unless given. */
  readonly fortranOrder?: boolean;
}

/** The rows of those options. */
export const npyTable: OptionTable<NpyOptions> = {
  version: option(
    { text: "to be 1, 2 or 3", has: (value): value is NpyVersion => [1, 2, 3].includes(value as number) },
    1,
  ),
  fortranOrder: option(ranges.flag, false),
};

/** What NumPy calls element types, behind the byte order. */
const types: { readonly [name: string]: Elements | undefined } = {
  b1: "bool",
  "?": "bool",
  u1: "uint8",
  i1: "int8",
  u2: "uint16",
  i2: "int16",
  u4: "uint32",
  i4: "int32",
  u8: "uint64",
  i8: "int64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

/** What other types are, by their first letter. */
const otherTypes: { readonly [letter: string]: string | undefined } = {
  O: "objects of Python",
  S: "strings",
  a: "strings",
  U: "strings",
  V: "raw bytes",
  c: "complex numbers",
  M: "dates",
  m: "spans of time",
};

/** What NumPy calls our dtypes, without the byte order. */
const names: { readonly [D in DType]: string } = { float32: "f4", float64: "f8", int32: "i4", bool: "b1" };

/**
 * Writes a tensor as a `.npy` file of NumPy: the bytes that `numpy.save` writes.
 *
 * float32 becomes `f4`, float64 `f8`, int32 `i4` and bool `b1`, in the byte order of this machine.
 *
 * @param x of any shape; its gradient is not written
 * @throws {ValueError} if it is no tensor, an option is wrong, or there are more bytes than an array has room for
 * @throws {ShapeError} for more than 64 axes, and extents beside 0 that multiply beyond what numbers count
 * @throws {CompileError} while a function is traced
 * @see R. Kern, A Simple File Format for NumPy Arrays (2007), https://numpy.org/neps/nep-0001-npy-format.html
 * @example
 * const bytes = encodeNpy(tensor([[1, 2, 3]], { dtype: "int32" }));
 * bytes.length; // => 140
 * decodeNpy(bytes).toArray(); // => [[1, 2, 3]]
 */
export function encodeNpy(x: Tensor, options: NpyOptions = {}): Bytes {
  const settled = settleOptions("encodeNpy", options, npyTable);
  return writeNpy("encodeNpy", "x", x, settled);
}

/**
 * {@link encodeNpy} on behalf of another function.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the tensor is, for messages
 */
export function writeNpy(
  fn: string,
  name: string,
  x: Tensor,
  { version, fortranOrder: isFortran }: Required<NpyOptions>,
): Bytes {
  expectNoTrace(fn, "Return the tensors from the compiled function and write them afterwards.");
  expectTensor(fn, name, x);
  const { shape, dtype } = x;
  const order = dtype === "bool" ? "|" : machineOrder === "little" ? "<" : ">";
  const data = (isFortran ? reversed(x.detach()) : x)["elements"];
  if (shape.length > highestRank || bytesOf(dtype, shape) !== data.byteLength)
    throw new ShapeError(`${fn}: expected ${name} of a shape that files have, got ${formatShape(shape)}.`);
  const start = npyStart({ descr: order + names[dtype], isFortran, shape }, version);
  const bytes = newBytes(fn, start.length + data.byteLength);
  bytes.set(start);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start.length);
  return bytes;
}

/**
 * Reads a `.npy` file of NumPy, of version 1, 2 or 3, in C or Fortran order and either byte order.
 *
 * `f2` and `f4` become float32, `f8` float64, `b1` bool, and whole numbers int32. Nothing of the header is evaluated.
 *
 * @param bytes the whole file
 * @throws {ValueError} if they are no Uint8Array
 * @throws {FormatError} if it is no such file, has elements of other types (objects, fields, strings, complex numbers, dates),
 * has fewer or more bytes than its header says, or holds whole numbers that int32 cannot hold or bools that are neither 0 nor 1
 * @see R. Kern, A Simple File Format for NumPy Arrays (2007), https://numpy.org/neps/nep-0001-npy-format.html
 * @example
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";
 * const bytes = Uint8Array.of(0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0, ...Buffer.from(header), 7, 8, 9);
 * decodeNpy(bytes).toArray(); // => [7, 8, 9]
 */
export function decodeNpy(bytes: Uint8Array, ...none: []): Tensor {
  expectNothing("decodeNpy", none);
  expectBytes("decodeNpy", bytes);
  return readNpy("decodeNpy", "the bytes", bytes);
}

/**
 * {@link decodeNpy} on behalf of another function.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the bytes are, for messages
 */
export function readNpy(fn: string, name: string, bytes: Uint8Array): Tensor {
  const { descr, isFortran, shape, body } = splitNpy(fn, name, bytes);
  const found = elementsOf(descr);
  if (found === undefined) {
    const known = `elements of ${Object.keys(types).join(", ")}`;
    throw new FormatError(`${fn}: expected ${name} to have ${known}, got ${JSON.stringify(descr)}${kindOf(descr)}.`);
  }
  const [elements, byteOrder] = found;
  const expected = bytesOf(elements, shape);
  if (body.length !== expected) {
    throw new FormatError(
      `${fn}: expected ${name} to have ${expected} bytes of ${elements} of shape ${formatShape(shape)}, got ${body.length}.`,
    );
  }
  const { dtype, data } = readElements(fn, elements, body, byteOrder, { name });
  return isFortran ? reversed(fromData(data, shape.toReversed(), dtype)) : fromData(data, shape, dtype);
}

/** What elements are, and in which order their bytes: that of most machines unless said. */
function elementsOf(descr: unknown): readonly [Elements, ByteOrder] | undefined {
  const [, order, name = ""] = typeof descr === "string" ? (/^([<>=|]?)(.*)$/.exec(descr) ?? []) : [];
  const elements = Object.hasOwn(types, name) ? types[name] : undefined;
  return elements && [elements, order === ">" ? "big" : "little"];
}

/** What elements that cannot be read are. */
function kindOf(descr: unknown): string {
  if (typeof descr !== "string") return ", which are records with fields";
  const kind = /^[<>=|]?([OSaUVcMm])/.exec(descr)?.[1];
  return kind === undefined ? "" : `, which are ${otherTypes[kind]}`;
}

/** The same elements with the order of axes turned around: what C and Fortran call one array. */
function reversed(x: Tensor): Tensor {
  return x.shape.length < 2 ? x : x.permute(x.shape.map((_, axis) => x.shape.length - 1 - axis));
}
