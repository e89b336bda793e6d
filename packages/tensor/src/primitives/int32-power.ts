import { ValueError } from "../errors.ts";

/** `x ^ y` by repeated squaring modulo 2^32; throws for a power below 0. */
export function int32Power(x: number, y: number): number {
  checkInt32Exponent(y);
  let result = 1;
  for (let rest = y, base = x; rest > 0; rest >>= 1, base = Math.imul(base, base)) {
    if ((rest & 1) === 1) result = Math.imul(result, base);
  }
  return result;
}

/** Throws for an exponent below 0: such powers are fractions, which int32 does not have. */
export function checkInt32Exponent(exponent: number): void {
  if (exponent < 0) {
    throw new ValueError(
      `pow: expected exponents of int32 to be ≥ 0, got ${exponent}. Convert the base with to("float32") first.`,
    );
  }
}
