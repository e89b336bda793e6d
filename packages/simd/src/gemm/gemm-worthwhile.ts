import { gemmAvailable } from "./gemm.ts";

/** Multiplications below which copying to the kernels costs more than a plain loop saves. */
export const gemmThreshold = 512;

/**
 * Whether `gemm` is available and faster than a plain loop for a product of this size.
 *
 * From `gemmThreshold` multiplications on it is 1.2 to 30 times faster, except for results of fewer than four elements,
 * whose sums would fill only a corner of the kernel's tile.
 */
export function gemmWorthwhile(m: number, n: number, k: number): boolean {
  return m * n * k >= gemmThreshold && m * n >= 4 && gemmAvailable();
}
