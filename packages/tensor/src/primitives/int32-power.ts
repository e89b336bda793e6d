/** `x ^ y` by repeated squaring modulo 2^32, for a power from 0 on. */
export function int32Power(x: number, y: number): number {
  let result = 1;
  for (let rest = y, base = x; rest > 0; rest >>= 1, base = Math.imul(base, base)) {
    if ((rest & 1) === 1) result = Math.imul(result, base);
  }
  return result;
}
