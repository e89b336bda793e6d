/**
 * Encodes an unsigned integer as LEB128: seven bits a byte, least significant first.
 *
 * @param value an integer in [0, 2^53)
 * @throws RangeError if `value` is negative, fractional or too large
 */
export function unsignedLeb128(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`unsignedLeb128: expected an integer in [0, 2^53), got ${value}.`);
  }
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  const bytes = new Array<number>(length);
  let rest = value;
  for (let i = 0; i < length - 1; i++) {
    bytes[i] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[length - 1] = rest;
  return bytes;
}

/** The unsigned integer whose LEB128 starts at a byte, and where it ends. */
export function readUnsigned(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let [value, factor, end] = [0, 1, start];
  for (;;) {
    const byte = bytes[end++]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end };
    factor *= 0x80;
  }
}

/**
 * Encodes a signed integer as LEB128 in two's complement.
 *
 * @param value an integer in [-2^63, 2^63)
 * @throws RangeError if a number is not a safe integer or a bigint does not fit in 64 bits
 */
export function signedLeb128(value: number | bigint): number[] {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`signedLeb128: expected a safe integer, got ${value}.`);
  }
  if (typeof value === "number" && value === (value | 0)) return signed32(value);
  let rest = BigInt(value);
  if (BigInt.asIntN(64, rest) !== rest) {
    throw new RangeError(`signedLeb128: expected an integer in [-2^63, 2^63), got ${rest}.`);
  }
  const bytes: number[] = [];
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const signBit = low & 0x40;
    if ((rest === 0n && signBit === 0) || (rest === -1n && signBit !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

/** The same without big integers, for those of 32 bits. */
function signed32(value: number): number[] {
  // What is left is the sign alone when it is a repetition of the last bit written.
  let length = 1;
  for (let rest = value; rest < -64 || rest > 63; rest >>= 7) length++;
  const bytes = new Array<number>(length);
  for (let i = 0; i < length; i++) bytes[i] = ((value >> (7 * i)) & 0x7f) | (i < length - 1 ? 0x80 : 0);
  return bytes;
}
