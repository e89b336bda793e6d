/** The number of 16 bits with 5 for the exponent, binary16 of IEEE 754. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let numbers: Float32Array | undefined;

/** Floats of 16 bits with 5 for the exponent, binary16 of IEEE 754, as float32, which has them all. */
export function widenHalves(halves: Uint16Array): Float32Array {
  numbers ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));
  const out = new Float32Array(halves.length);
  for (let i = 0; i < out.length; i++) out[i] = numbers[halves[i]!]!;
  return out;
}

/** Floats of 16 bits with 8 for the exponent, which are the upper halves of float32. */
export function widenBfloats(bfloats: Uint16Array): Float32Array {
  const bits = new Uint32Array(bfloats.length);
  for (let i = 0; i < bits.length; i++) bits[i] = bfloats[i]! << 16;
  return new Float32Array(bits.buffer);
}
