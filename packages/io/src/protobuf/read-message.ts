import { malformed } from "./malformed.ts";

/** How to read one field of a message into `T`. */
export interface Field<T> {
  readonly name: string;
  readonly read: (value: FieldValue, into: T) => void;
}

/** The fields of a message that matter, by number; others are skipped. */
export type Fields<T> = Readonly<Record<number, Field<T>>>;

/** What may be in it at most. */
export interface Limits {
  readonly bytes: number;
  readonly depth: number;
  readonly messages: number;
}

const wireNames: readonly (string | undefined)[] = [
  "varint",
  "64-bit",
  "length-delimited",
  undefined,
  undefined,
  "32-bit",
];

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What is being read, shared by all its messages. */
class Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly limits: Limits;
  messages = 0;

  constructor(name: string, bytes: Uint8Array, limits: Limits) {
    this.name = name;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limits = limits;
  }
}

/**
 * Reads a protobuf message: every length is checked against what is left before anything is made of it.
 *
 * @param source who reads, or what is read, for messages
 * @throws {FormatError} for whatever is not a message of these fields
 * @see the encoding, https://protobuf.dev/programming-guides/encoding/
 */
export function readMessage<T>(source: string, bytes: Uint8Array, fields: Fields<T>, into: T, limits: Limits): T {
  if (bytes.length > limits.bytes) {
    throw malformed(source, "", `expected at most ${limits.bytes} bytes, got ${bytes.length}`);
  }
  return readFields(new Source(source, bytes, limits), 0, bytes.length, "", 0, fields, into);
}

function readFields<T>(
  source: Source,
  start: number,
  end: number,
  path: string,
  depth: number,
  fields: Fields<T>,
  into: T,
): T {
  if (depth > source.limits.depth || ++source.messages > source.limits.messages) {
    const { depth: deepest, messages } = source.limits;
    throw malformed(source.name, path, `expected at most ${deepest} levels and ${messages} messages, got more`);
  }
  const value = new FieldValue(source, start, end, path, depth);
  const seen = new Map<number, number>();
  while (value.at < end) {
    const number = value.tag();
    const field = Object.hasOwn(fields, number) ? fields[number] : undefined;
    if (field === undefined) {
      value.skip(number);
      continue;
    }
    const count = seen.get(number) ?? 0;
    seen.set(number, count + 1);
    value.enter(field.name, count);
    field.read(value, into);
  }
  return into;
}

/** The value of one field, not read yet: each reader checks the wire type and the bounds. */
export class FieldValue {
  /** Position in the file. */
  at: number;
  private readonly source: Source;
  private readonly end: number;
  private readonly parent: string;
  private readonly depth: number;
  private name = "";
  private index = 0;
  private wire = 0;

  constructor(source: Source, start: number, end: number, parent: string, depth: number) {
    this.source = source;
    this.at = start;
    this.end = end;
    this.parent = parent;
    this.depth = depth;
  }

  /** Where this field is: `graph.node[2].name`. */
  get path(): string {
    const name = this.index === 0 ? this.name : `${this.name}[${this.index}]`;
    return this.parent === "" ? name : `${this.parent}.${name}`;
  }

  /** @internal */
  enter(name: string, index: number): void {
    this.name = name;
    this.index = index;
  }

  /** @internal The number of the next field. */
  tag(): number {
    this.enter("tag", 0);
    const tag = this.varint();
    if (!(tag >= 8 && tag < 2 ** 32)) this.fail(`expected a field number in [1, 2^29), got tag ${tag}`);
    this.wire = tag % 8;
    return Math.floor(tag / 8);
  }

  /** @internal */
  skip(number: number): void {
    this.enter(`#${number}`, 0);
    if (this.wire === 0) this.varint();
    else if (this.wire === 1) this.take(8);
    else if (this.wire === 2) this.length();
    else if (this.wire === 5) this.take(4);
    else this.fail(`expected wire type 0, 1, 2 or 5, got ${this.wire}`);
  }

  fail(problem: string): never {
    throw malformed(this.source.name, this.path, problem);
  }

  /** An integer; beyond 2^53 rounded to the nearest double. */
  int(): number {
    this.expectWire(0);
    return this.varint();
  }

  float(): number {
    this.expectWire(5);
    return this.source.view.getFloat32(this.take(4), true);
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail(`expected UTF-8, got ${bytes.length} bytes that are not`);
    }
  }

  /** A view of the bytes. */
  bytes(): Uint8Array {
    this.expectWire(2);
    const size = this.length();
    return this.source.bytes.subarray(this.at - size, this.at);
  }

  message<T>(fields: Fields<T>, into: T): T {
    this.expectWire(2);
    const size = this.length();
    return readFields(this.source, this.at - size, this.at, this.path, this.depth + 1, fields, into);
  }

  /** Appends the integers of a repeated field, packed or not. */
  ints(into: number[]): void {
    if (this.wire !== 2) {
      into.push(this.int());
      return;
    }
    const end = this.packedEnd();
    while (this.at < end) into.push(this.varint(end));
  }

  floats(into: number[]): void {
    this.fixed(into, 5, 4, (at) => this.source.view.getFloat32(at, true));
  }

  doubles(into: number[]): void {
    this.fixed(into, 1, 8, (at) => this.source.view.getFloat64(at, true));
  }

  private fixed(into: number[], wire: number, width: number, read: (at: number) => number): void {
    if (this.wire === wire) {
      into.push(read(this.take(width)));
      return;
    }
    const end = this.packedEnd();
    if ((end - this.at) % width !== 0) this.fail(`expected whole items of ${width} bytes, got ${end - this.at} bytes`);
    for (; this.at < end; this.at += width) into.push(read(this.at));
  }

  /** End of a packed field, whose items start at the position. */
  private packedEnd(): number {
    this.expectWire(2);
    const size = this.length();
    const end = this.at;
    this.at -= size;
    return end;
  }

  private expectWire(wire: number): void {
    if (this.wire !== wire) {
      this.fail(`expected a ${wireNames[wire]} value, got ${wireNames[this.wire] ?? `wire type ${this.wire}`}`);
    }
  }

  /** Steps over a length and what it measures; returns the length. */
  private length(): number {
    const size = this.varint();
    if (!(size >= 0 && size <= this.end - this.at)) {
      this.fail(`expected a length of at most the ${this.end - this.at} bytes left, got ${size}`);
    }
    this.at += size;
    return size;
  }

  /** Steps over `size` bytes; returns where they start. */
  private take(size: number): number {
    if (size > this.end - this.at) this.fail(`expected ${size} bytes, got ${this.end - this.at}`);
    this.at += size;
    return this.at - size;
  }

  /** A 64-bit two's complement number in groups of 7 bits, the lowest first. */
  private varint(end: number = this.end): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) return this.fail("expected the rest of a varint, got the end");
      const byte = this.source.bytes[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
    }
    return this.fail("expected a varint of at most 10 bytes, got a longer one");
  }
}
