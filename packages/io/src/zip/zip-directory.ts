import { FormatError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { entryName, isEntryName } from "./entry-name.ts";
import { highestRatio } from "./inflate-bounded.ts";

/** An entry of an archive, as its directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: "stored" | "deflated";
  /** How many bytes it has unpacked, if that is true. */
  readonly size: number;
  /** Its checksum, unpacked. */
  readonly crc: number;
  /** Its bytes as they stand in the archive. */
  readonly packed: Uint8Array;
}

/** Signatures, and lengths of the fixed parts behind which names stand. */
const end = { signature: 0x06054b50, length: 22 };
const central = { signature: 0x02014b50, length: 46 };
const local = { signature: 0x04034b50, length: 30 };

/** How an entry is packed, by number. */
const methods: { readonly [code: number]: ZipEntry["method"] | undefined } = { 0: "stored", 8: "deflated" };

/** Bits that change nothing about the bytes: how well they are packed, sizes behind them, names in UTF-8. */
const harmlessFlags = 0x080e;

/** Numbers that say that the real one stands elsewhere, in a larger field. */
const elsewhere = { count: 0xffff, size: 0xffffffff };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The directory of a zip archive. Entries follow one another and do not overlap, names are different and lead nowhere else,
 * and no size is one that the bytes cannot have: what is unpacked is at most `maxBytes`.
 *
 * @param fn name of the function that was called, for messages
 * @param what what the bytes are, for messages
 * @throws {FormatError} if it is anything else, encrypted, in the 64-bit format or packed otherwise than stored and deflated
 * @see PKWARE, .ZIP File Format Specification, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zipDirectory(fn: string, what: string, bytes: Uint8Array, maxBytes: number): readonly ZipEntry[] {
  const refuse: Refuse = (expected, got) => {
    throw new FormatError(`${fn}: expected ${what} ${expected}, got ${got}.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, start, stop } = endOf(view, refuse);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let [at, total, free] = [start, 0, 0];
  for (let i = 0; i < count; i++) {
    const { entry, next, from, to } = entryAt(view, at, start, stop, refuse);
    if (names.has(entry.name)) refuse("to have entries of different names", `${quoted(entry.name)} twice`);
    if (from < free) refuse("to have entries one behind the other", `${quoted(entry.name)} within another`);
    total += entry.size;
    if (total > maxBytes) refuse(`to unpack to at most ${maxBytes} bytes`, "more");
    names.add(entry.name);
    entries.push(entry);
    [at, free] = [next, to];
  }
  if (at !== stop) refuse(`to have a directory of ${count} entries`, "one of another length");
  return entries;
}

type Refuse = (expected: string, got: string) => never;

/** How many entries the directory has, and where it starts and stops. */
function endOf(
  view: DataView,
  refuse: Refuse,
): { readonly count: number; readonly start: number; readonly stop: number } {
  const stop = endRecord(view);
  if (stop === undefined) return refuse("to end as a zip archive", `${view.byteLength} bytes that do not`);
  const count = view.getUint16(stop + 10, true);
  const [length, start] = [view.getUint32(stop + 12, true), view.getUint32(stop + 16, true)];
  if (count === elsewhere.count || length === elsewhere.size || start === elsewhere.size)
    refuse("to have fewer than 65535 entries and 4 GiB", "a zip64 archive");
  if (view.getUint32(stop + 4, true) !== 0 || view.getUint16(stop + 8, true) !== count)
    refuse("to be an archive of one part", "one of several");
  if (start + length !== stop || count * central.length > length)
    refuse(`to have a directory of ${count} entries before its end`, `${length} bytes at ${start} of ${stop}`);
  return { count, start, stop };
}

/** Where the record at the end is, behind which only its comment stands. */
function endRecord(view: DataView): number | undefined {
  const last = view.byteLength - end.length;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === end.signature && view.getUint16(at + 20, true) === last - at) return at;
  }
  return undefined;
}

interface Found {
  readonly entry: ZipEntry;
  /** Where the next entry of the directory is. */
  readonly next: number;
  /** Where the entry itself begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** The entry that the directory, which is from `start` to `stop`, has at `at`. */
function entryAt(view: DataView, at: number, start: number, stop: number, refuse: Refuse): Found {
  if (at + central.length > stop || view.getUint32(at, true) !== central.signature)
    refuse("to have a directory of entries", "something else in it");
  const [packedSize, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  const [nameLength, from] = [view.getUint16(at + 28, true), view.getUint32(at + 42, true)];
  const next = at + central.length + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > stop) refuse("to have a directory of entries", "one that is cut off");
  const raw = bytesAt(view, at + central.length, nameLength);
  const name = nameOf(raw, refuse);
  const method = methodOf(view.getUint16(at + 8, true), view.getUint16(at + 10, true), name, refuse);
  if (packedSize === elsewhere.size || size === elsewhere.size || from === elsewhere.size)
    refuse(`to have less than 4 GiB in ${quoted(name)}`, "a zip64 entry");
  const header = from + local.length;
  const content = header + nameLength + (header <= start ? view.getUint16(from + 28, true) : 0);
  const to = content + packedSize;
  const isThere =
    to <= start &&
    view.getUint32(from, true) === local.signature &&
    view.getUint16(from + 26, true) === nameLength &&
    bytesAt(view, header, nameLength).every((byte, i) => byte === raw[i]);
  if (!isThere) refuse(`to have ${quoted(name)} where its directory says`, "something else there");
  if (method === "stored" ? size !== packedSize : size > packedSize * highestRatio)
    refuse(`to have ${quoted(name)} in a size that ${packedSize} bytes can have`, `${size}`);
  const packed = bytesAt(view, content, packedSize);
  return { entry: { name, method, size, crc: view.getUint32(at + 16, true), packed }, next, from, to };
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function nameOf(raw: Uint8Array, refuse: Refuse): string {
  let name: string | undefined;
  try {
    name = utf8.decode(raw);
  } catch {
    refuse("to have names in UTF-8", "another one");
  }
  if (name === undefined || !isEntryName(name)) return refuse(`to have names that are ${entryName}`, quoted(name));
  return name;
}

function methodOf(flags: number, code: number, name: string, refuse: Refuse): ZipEntry["method"] {
  if ((flags & 1) === 1) refuse(`to have ${quoted(name)} readable`, "it encrypted");
  if ((flags & ~harmlessFlags) !== 0) refuse(`to have ${quoted(name)} without features of zip`, `flags ${flags}`);
  return methods[code] ?? refuse(`to have ${quoted(name)} stored or deflated`, `method ${code}`);
}
