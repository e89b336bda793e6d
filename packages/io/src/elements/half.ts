/**
 * The value of 16 bits of binary16 (IEEE 754): one of sign, five of exponent, ten of fraction.
 *
 * @see https://en.wikipedia.org/wiki/Half-precision_floating-point_format
 */
function float16(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let table: Float32Array | undefined;

/** The values of all 65,536 patterns of binary16, which float32 has exactly. Made when it is first needed. */
export function float16Values(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => float16(bits));
  return table;
}
