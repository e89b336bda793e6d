import type { Bytes } from "@tapegrad/files";

/** How a field is written, by the number that stands beside its own. */
const wire = { varint: 0, eightBytes: 1, length: 2, fourBytes: 5 } as const;

const utf8 = new TextEncoder();

/**
 * A message of protocol buffers, field by field; what it encodes to are its bytes. Contents are kept as they are given and
 * copied once, when the whole is asked for.
 *
 * @see the encoding, https://protobuf.dev/programming-guides/encoding/
 * @example
 * [...new Message().text(3, "a").whole(2, 300).bytes]; // => [26, 1, 97, 16, 172, 2]
 */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** How many bytes the fields so far take. */
  get length(): number {
    return this.#length;
  }

  /** The fields so far. */
  get bytes(): Bytes {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** A whole number of up to 64 bits, in two's complement. */
  whole(field: number, value: number | bigint): this {
    return this.#add(Uint8Array.from([...tag(field, wire.varint), ...varint(value)]));
  }

  double(field: number, value: number): this {
    return this.#add(Uint8Array.from(tag(field, wire.eightBytes))).#add(littleEndian([value], 8));
  }

  float(field: number, value: number): this {
    return this.#add(Uint8Array.from(tag(field, wire.fourBytes))).#add(littleEndian([value], 4));
  }

  /** A repeated field of whole numbers, packed. */
  wholes(field: number, values: Iterable<number | bigint>): this {
    return this.content(field, Uint8Array.from([...values].flatMap(varint)));
  }

  /** A repeated field of doubles, packed. */
  doubles(field: number, values: readonly number[]): this {
    return this.content(field, littleEndian(values, 8));
  }

  /** A repeated field of floats, packed. */
  floats(field: number, values: readonly number[]): this {
    return this.content(field, littleEndian(values, 4));
  }

  text(field: number, value: string): this {
    return this.content(field, utf8.encode(value));
  }

  /** Bytes, which must not change before the whole is asked for. */
  content(field: number, bytes: Uint8Array): this {
    return this.#head(field, bytes.length).#add(bytes);
  }

  /** A message with the fields that it has by now. */
  message(field: number, value: Message): this {
    this.#head(field, value.length);
    for (const part of value.#parts) this.#add(part);
    return this;
  }

  #head(field: number, length: number): this {
    return this.#add(Uint8Array.from([...tag(field, wire.length), ...varint(length)]));
  }

  #add(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

function tag(field: number, type: number): number[] {
  return varint(8 * field + type);
}

/** Seven bits at a time, the lowest first; divided rather than shifted, which would cut off at 32 bits. */
function varint(value: number | bigint): number[] {
  if (typeof value === "bigint" || value < 0) return wideVarint(BigInt.asUintN(64, BigInt(value)));
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

function wideVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

function littleEndian(values: readonly number[], width: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(width * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (width === 4) view.setFloat32(4 * i, value, true);
    else view.setFloat64(8 * i, value, true);
  });
  return bytes;
}
