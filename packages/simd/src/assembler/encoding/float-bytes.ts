const scratch = new DataView(new ArrayBuffer(8));

/** The four little-endian bytes of an IEEE 754 single. */
export function float32Bytes(value: number): number[] {
  scratch.setFloat32(0, value, true);
  return bytes(4);
}

/** The eight little-endian bytes of an IEEE 754 double. */
export function float64Bytes(value: number): number[] {
  scratch.setFloat64(0, value, true);
  return bytes(8);
}

function bytes(count: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(scratch.getUint8(i));
  return all;
}
