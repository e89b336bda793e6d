/** The bytes of a number in groups of 7 bits. */
export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A field with a whole number. */
export function intField(number: number, value: number | bigint): number[] {
  return [...varint(number * 8), ...varint(value)];
}

/** A field of bytes, of text or of a message. */
export function bytesField(number: number, value: readonly number[] | string): number[] {
  const bytes = typeof value === "string" ? [...new TextEncoder().encode(value)] : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A field with a float32. */
export function floatField(number: number, value: number): number[] {
  return [...varint(number * 8 + 5), ...new Uint8Array(new Float32Array([value]).buffer)];
}

/** A field with a float64. */
export function doubleField(number: number, value: number): number[] {
  return [...varint(number * 8 + 1), ...new Uint8Array(new Float64Array([value]).buffer)];
}
