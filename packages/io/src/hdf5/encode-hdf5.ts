import type { Bytes } from "@tapegrad/files";
import type { Shape, TypedArray } from "@tapegrad/tensor";
import { newBytes } from "../elements/with-room.ts";

/** Elements of a shape, float32 or float64. */
export interface Hdf5Elements {
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** What a group has, by name: groups, and elements. */
export type Hdf5Tree = ReadonlyMap<string, Hdf5Tree | Hdf5Elements>;

/** Names in a table, which files of the first version say, and tables of a group that one node of its tree has at least. */
const perTable = 8;
const leastTables = 32;

/** What floats are, by how many bytes they have: bits of the exponent, of the fraction. */
const floats: { readonly [size: number]: readonly [exponent: number, fraction: number] } = { 4: [8, 23], 8: [11, 52] };

/** The address that means nowhere. */
const nowhere = 2n ** 64n - 1n;

type Part = readonly [bytes: number, value: number | bigint];

/**
 * Writes a file of HDF5 in the first version of the format, which every reader knows.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} for more bytes than an array has room for
 * @see The HDF Group, HDF5 File Format Specification 3.0, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export function encodeHdf5(fn: string, root: Hdf5Tree): Bytes {
  const tables = Math.max(leastTables, tablesOf(root));
  const file = new FileParts();
  const start = file.reserve(96);
  const header = writeGroup(file, root, tables);
  file.fill(start, [
    ...ascii("\x89HDF\r\n\x1a\n"),
    ...bytes(0, 0, 0, 0, 0, 8, 8, 0),
    [2, perTable / 2],
    [2, tables / 2],
    [4, 0],
    ...[0n, nowhere, BigInt(file.end), nowhere].map((address): Part => [8, address]),
    ...entry(0, header),
  ]);
  return file.whole(fn);
}

/** The most tables that a group needs, as an even number. */
function tablesOf(tree: Hdf5Tree): number {
  const inner = [...tree.values()].map((member) => ("data" in member ? 0 : tablesOf(member)));
  return Math.max(2 * Math.ceil(tree.size / perTable / 2), ...inner);
}

/** Parts of a file that get their places before their contents. */
class FileParts {
  end = 0;
  readonly #parts: (readonly [at: number, bytes: Uint8Array])[] = [];

  reserve(size: number): number {
    const at = this.end;
    this.end += size + (-size & 7);
    return at;
  }

  put(at: number, bytes: Uint8Array): void {
    this.#parts.push([at, bytes]);
  }

  fill(at: number, parts: readonly Part[]): void {
    const content = new Uint8Array(parts.reduce((sum, [size]) => sum + size, 0));
    let next = 0;
    for (const [size, value] of parts) {
      for (let rest = BigInt(value), i = 0; i < size; i++, rest >>= 8n) content[next++] = Number(rest & 255n);
    }
    this.put(at, content);
  }

  whole(fn: string): Bytes {
    const bytes = newBytes(fn, this.end);
    for (const [at, part] of this.#parts) bytes.set(part, at);
    return bytes;
  }
}

const bytes = (...values: readonly number[]): Part[] => values.map((value): Part => [1, value]);
const ascii = (text: string): Part[] => bytes(...Array.from(text, (letter) => letter.charCodeAt(0)));

/** An entry of a table: where a name is in the heap, and where its object is. */
const entry = (name: number, header: number): Part[] => [
  [8, name],
  [8, header],
  [8, 0],
  [8, 0],
  [8, 0],
];

/** Writes the header of an object: kinds of messages with their contents, each filled up to eight bytes. */
function writeHeader(
  file: FileParts,
  messages: readonly (readonly [kind: number, content: readonly Part[]])[],
): number {
  const parts = messages.flatMap(([kind, content]): Part[] => {
    const size = content.reduce((sum, [bytes]) => sum + bytes, 0);
    const padding = -size & 7;
    return [[2, kind], [2, size + padding], [4, 0], ...content, [padding, 0]];
  });
  const size = parts.reduce((sum, [bytes]) => sum + bytes, 0);
  const at = file.reserve(16 + size);
  file.fill(at, [[2, 1], [2, messages.length], [4, 1], [4, size], [4, 0], ...parts]);
  return at;
}

/** Writes a group: its names in a heap, its entries in tables, and a tree of one node that leads to these. */
function writeGroup(file: FileParts, tree: Hdf5Tree, tables: number): number {
  const members = [...tree].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = members.map(([name]) => new TextEncoder().encode(name));
  const offsets: number[] = [];
  let heapSize = 8;
  for (const name of names) {
    offsets.push(heapSize);
    heapSize += (name.length + 8) & ~7;
  }
  const [node, heap, heapData] = [file.reserve(24 + 8 * (2 * tables + 1)), file.reserve(32), file.reserve(heapSize)];
  names.forEach((name, i) => file.put(heapData + offsets[i]!, name));
  file.fill(heap, [...ascii("HEAP"), [4, 0], [8, heapSize], [8, 1], [8, heapData]]);
  const headers = members.map(([, member]) =>
    "data" in member ? writeElements(file, member) : writeGroup(file, member, tables),
  );
  const children: Part[] = [];
  for (let from = 0; from < members.length; from += perTable) {
    const entries = headers.slice(from, from + perTable).map((header, i) => entry(offsets[from + i]!, header));
    const table = file.reserve(8 + 40 * perTable);
    file.fill(table, [...ascii("SNOD"), [2, 1], [2, entries.length], ...entries.flat()]);
    children.push([8, table], [8, offsets[from + entries.length - 1]!]);
  }
  file.fill(node, [
    ...ascii("TREE"),
    [2, 0],
    [2, children.length / 2],
    [8, nowhere],
    [8, nowhere],
    [8, 0],
    ...children,
  ]);
  return writeHeader(file, [
    [
      17,
      [
        [8, node],
        [8, heap],
      ],
    ],
  ]);
}

/** Writes elements in one piece. */
function writeElements(file: FileParts, { shape, data }: Hdf5Elements): number {
  const size = data.BYTES_PER_ELEMENT;
  const [exponent, fraction] = floats[size]!;
  const at = data.length === 0 ? nowhere : file.reserve(data.byteLength);
  if (typeof at === "number") file.put(at, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return writeHeader(file, [
    [1, [[1, 1], [1, shape.length], [6, 0], ...shape.map((extent): Part => [8, extent])]],
    [
      3,
      [
        ...bytes(0x11, 0x20, 8 * size - 1, 0),
        [4, size],
        [2, 0],
        [2, 8 * size],
        ...bytes(fraction, exponent, 0, fraction),
        [4, 2 ** (exponent - 1) - 1],
      ],
    ],
    [5, bytes(2, 2, 2, 1, 0, 0, 0, 0)],
    [8, [...bytes(3, 1), [8, at], [8, data.byteLength]]],
  ]);
}
