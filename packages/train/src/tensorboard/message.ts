/** How a field is written, by the number that stands beside its own. */
const wire = { varint: 0, eightBytes: 1, length: 2, fourBytes: 5 } as const;

/**
 * A message of protocol buffers, field by field; what it encodes to are its bytes.
 *
 * @example
 * [...new Message().text(3, "a").whole(2, 300).bytes]; // => [26, 1, 97, 16, 172, 2]
 */
export class Message {
  readonly #bytes: number[] = [];

  /** The fields so far. */
  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** A whole number from 0 on. */
  whole(field: number, value: number): this {
    this.#tag(field, wire.varint);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, wire.eightBytes);
    this.#push(doubles([value]));
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, wire.fourBytes);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
    return this;
  }

  /** A repeated field, packed. */
  doubles(field: number, values: readonly number[]): this {
    return this.#delimited(field, doubles(values));
  }

  text(field: number, value: string): this {
    return this.#delimited(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.#delimited(field, value.bytes);
  }

  #delimited(field: number, bytes: Uint8Array): this {
    this.#tag(field, wire.length);
    this.#varint(bytes.length);
    this.#push(bytes);
    return this;
  }

  #tag(field: number, type: number): void {
    this.#varint(8 * field + type);
  }

  /** Seven bits at a time, the lowest first; divided rather than shifted, which would cut off at 32 bits. */
  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest % 0x80) | 0x80);
    this.#bytes.push(rest);
  }

  #push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }
}

function doubles(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat64(8 * i, value, true));
  return bytes;
}
