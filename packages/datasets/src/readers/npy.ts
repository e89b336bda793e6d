import { FormatError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, formatShape, fromData } from "@tapegrad/tensor/internal";
import { type Elements, readElements, widthOf } from "./elements.ts";
import { expectBytes } from "./expect-bytes.ts";

/** What NumPy calls element types, behind the byte order. */
const types: { readonly [name: string]: Elements } = {
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
  f4: "float32",
  f8: "float64",
};

/** More than any array of these types needs. */
const longestHeader = 65_535;
const highestRank = 64;

/**
 * Reads a `.npy` file of NumPy, of version 1, 2 or 3, in C or Fortran order and either byte order.
 *
 * `f4` becomes float32, `f8` float64, `b1` bool, and whole numbers int32. Nothing of the header is evaluated.
 *
 * @param bytes the whole file
 * @throws {ValueError} if they are no Uint8Array
 * @throws {FormatError} if it is no such file, has other types, has fewer or more bytes than its header says, or holds whole
 * numbers that int32 cannot hold
 * @see R. Kern, A Simple File Format for NumPy Arrays (2007), https://numpy.org/neps/nep-0001-npy-format.html
 * @example
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";
 * const bytes = Uint8Array.of(0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0, ...Buffer.from(header), 7, 8, 9);
 * decodeNpy(bytes).toArray(); // => [7, 8, 9]
 */
export function decodeNpy(bytes: Uint8Array, ...none: []): Tensor {
  expectNothing("decodeNpy", none);
  expectBytes("decodeNpy", bytes);
  const { header, body } = split(bytes);
  const { descr, isFortran, shape } = parsed(header);
  const elements = types[descr.replace(/^[<>=|]/, "")];
  if (elements === undefined) throw refused(`elements of ${Object.keys(types).join(", ")}`, JSON.stringify(descr));
  const expected = shape.reduce((product, extent) => product * extent, widthOf(elements));
  if (body.length !== expected)
    throw refused(`${expected} bytes of ${elements} of shape ${formatShape(shape)}`, String(body.length));
  const { dtype, data } = readElements("decodeNpy", elements, body, descr.startsWith(">") ? "big" : "little");
  if (!isFortran || shape.length < 2) return fromData(data, shape, dtype);
  const axes = shape.map((_, axis) => shape.length - 1 - axis);
  return fromData(data, shape.toReversed(), dtype).permute(axes);
}

function refused(expected: string, got: string): FormatError {
  return new FormatError(`decodeNpy: expected ${expected}, got ${got}.`);
}

/** The text of the header, and what is behind it. */
function split(bytes: Uint8Array): { readonly header: string; readonly body: Uint8Array } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  const version = bytes[6]!;
  if (magic.some((byte, i) => bytes[i] !== byte) || bytes.length < 12)
    throw refused("bytes that begin with 0x93, NUMPY, a version and a length", `${bytes.length} others`);
  if (version < 1 || version > 3) throw refused("version 1, 2 or 3", String(version));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > longestHeader) throw refused(`a header of at most ${longestHeader} bytes`, String(length));
  if (start + length > bytes.length) throw refused(`a header of ${length} bytes`, String(bytes.length - start));
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  return { header, body: bytes.subarray(start + length) };
}

/** One entry of the dictionary that is the header: a string, a truth value or a tuple of numbers. */
const entry = /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'"]*)'|"([^'"]*)"|(True|False)|\(([\d\s,]*)\))\s*(?:,|(?=\s*\}))/y;

function parsed(header: string): { readonly descr: string; readonly isFortran: boolean; readonly shape: number[] } {
  const found = new Map<string, string>();
  entry.lastIndex = header.startsWith("{") ? 1 : header.length;
  let end = entry.lastIndex;
  for (let match = entry.exec(header); match !== null; match = entry.exec(header)) {
    end = entry.lastIndex;
    found.set((match[1] ?? match[2])!, (match[3] ?? match[4] ?? match[5] ?? match[6])!);
  }
  const [descr, order, extents] = [found.get("descr"), found.get("fortran_order"), found.get("shape")];
  const isWhole = /^\s*\}\s*$/.test(header.slice(end)) && found.size === 3;
  if (!isWhole || descr === undefined || extents === undefined || !["True", "False"].includes(order ?? ""))
    throw refused("a header with descr, fortran_order and shape", JSON.stringify(header.slice(0, 80).trim()));
  const shape = extents.split(",").map((extent) => extent.trim());
  if (shape.at(-1) === "") shape.pop();
  const numbers = shape.map((extent) => (/^\d+$/.test(extent) ? Number(extent) : Number.NaN));
  if (numbers.length > highestRank || !numbers.every(Number.isSafeInteger))
    throw refused(`a shape of at most ${highestRank} extents`, `(${extents.slice(0, 80)})`);
  return { descr, isFortran: order === "True", shape: numbers };
}
