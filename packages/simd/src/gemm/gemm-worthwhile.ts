/** Multiplications below which copying to the kernels costs more than a plain loop. */
export const gemmThreshold = 2048;

/** Whether `gemm` is faster than a plain loop for a product of this size. */
export function gemmWorthwhile(m: number, n: number, k: number): boolean {
  return m * n * k >= gemmThreshold && m > 1 && n > 1;
}
