import type { Bytes } from "../platform-types.ts";
import { unsignedLeb128 } from "./leb128.ts";

/** A growing byte string. */
export class ByteWriter {
  #bytes: Bytes = new Uint8Array(256);
  #length = 0;

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** So few that a loop is faster. */
  few(values: readonly number[]): void {
    if (this.#length + values.length > this.#bytes.length) this.#reserve(values.length);
    for (let i = 0; i < values.length; i++) this.#bytes[this.#length++] = values[i]!;
  }

  /** An opcode of one byte and the index that follows it. */
  indexed(opcode: number, index: number): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = opcode;
    if (index < 0x80) this.#bytes[this.#length++] = index;
    else this.few(unsignedLeb128(index));
  }

  unsigned(value: number): void {
    if (value >= 0 && value < 0x80) this.byte(value);
    else this.few(unsignedLeb128(value));
  }

  /** A length-prefixed UTF-8 name. */
  name(text: string): void {
    this.sized(new TextEncoder().encode(text));
  }

  /** A length-prefixed byte string. */
  sized(values: ArrayLike<number>): void {
    this.unsigned(values.length);
    this.bytes(values);
  }

  /** What was written, until more is. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  toBytes(): Bytes {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
