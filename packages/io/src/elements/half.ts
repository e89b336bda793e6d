/** The number of 16 bits with 5 for the exponent. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The number of the upper 16 bits of a float32. */
export function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, (bits & 0xffff) * 2 ** 16);
  return scratch.getFloat32(0);
}
