import { FormatError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";

/** What is known of a file of HDF5 while it is read. */
export interface Hdf5Bytes {
  /** Name of the function that was called, for messages. */
  readonly fn: string;
  /** What messages call the file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How many bytes an address takes, and a length. */
  readonly addressBytes: number;
  readonly lengthBytes: number;
  /** Where addresses count from. */
  readonly base: number;
  /** How many more structures, and letters of names, may be read: those of a file that is right have an end. */
  budget: number;
  /** Texts of heaps that were read, by the address of the heap and their number in it. */
  readonly heaps: Map<number, ReadonlyMap<number, Uint8Array>>;
}

/** The error that says that a file is not as expected. */
export function damaged({ fn, name }: Pick<Hdf5Bytes, "fn" | "name">, expected: string): FormatError {
  return new FormatError(`${fn}: expected ${name} to be a file of HDF5 with ${expected}, got another one.`);
}

/** Bytes that are read one after the other, never beyond their end. All numbers have their lowest byte first. */
export class Region {
  readonly file: Hdf5Bytes;
  readonly end: number;
  /** Where reading goes on. */
  at: number;

  /** @throws {FormatError} unless the region lies in the file */
  constructor(file: Hdf5Bytes, at: number, end: number) {
    this.file = file;
    this.at = at;
    this.end = end;
    if (!(at >= 0 && at <= end && end <= file.bytes.length)) throw damaged(file, "structures within its bytes");
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.at;
  }

  /** The next `count` bytes. */
  take(count: number): Uint8Array {
    return this.file.bytes.subarray(this.skip(count), this.at);
  }

  /** Goes on behind the next `count` bytes, and says where they are. */
  skip(count: number): number {
    if (count > this.left) throw damaged(this.file, "structures within its bytes");
    this.at += count;
    return this.at - count;
  }

  /** The next `count` bytes as a region of their own. */
  part(count: number): Region {
    return new Region(this.file, this.skip(count), this.at);
  }

  /** A whole number of `count` bytes. */
  whole(count: number): number {
    const bytes = this.take(count);
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (Number.isSafeInteger(value)) return value;
    throw damaged(this.file, "numbers below 2^53");
  }

  byte(): number {
    return this.whole(1);
  }

  length(): number {
    return this.whole(this.file.lengthBytes);
  }

  /** Where something is, or undefined for the address that means nowhere. */
  address(): number | undefined {
    const { addressBytes, base } = this.file;
    const start = this.at;
    if (this.take(addressBytes).every((byte) => byte === 255)) return undefined;
    this.at = start;
    return base + this.whole(addressBytes);
  }

  /** Where something is that has to be there. */
  place(): number {
    const address = this.address();
    if (address === undefined) throw damaged(this.file, "structures where it says");
    return address;
  }

  /** Throws unless the next bytes are these letters, or this number. */
  expect(wanted: string | number): void {
    const isThere = typeof wanted === "number" ? this.byte() === wanted : ascii(this.take(wanted.length)) === wanted;
    if (!isThere) throw damaged(this.file, `${quoted(wanted)} where it has to be`);
  }
}

/** Counts one structure more, or so many letters. */
export function spend(file: Hdf5Bytes, count: number = 1): void {
  file.budget -= count;
  if (file.budget < 0) throw damaged(file, "structures that do not overlap");
}

/** The region from an address on, which counts as one structure. */
export function regionAt(file: Hdf5Bytes, at: number, length: number = file.bytes.length - at): Region {
  spend(file);
  return new Region(file, at, at + length);
}

/** How many bytes numbers up to `limit` take. */
export function bytesFor(limit: number): number {
  return Math.floor(Math.log2(Math.max(limit, 1)) / 8) + 1;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const utf8 = new TextDecoder();

/** A text that ends with its bytes, or before with a byte of 0. */
export function textOf(file: Hdf5Bytes, bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end === -1 ? bytes : bytes.subarray(0, end);
  spend(file, text.length);
  return utf8.decode(text);
}
