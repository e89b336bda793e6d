/** Numbers in [-1, 1), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** The sizes and layouts of a product. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** One element of op(A) · op(B), summed in float64, and the sum of the absolute values of its terms. */
export function referenceElement(
  { m, n, k, transposeA = false, transposeB = false }: Product,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  i: number,
  j: number,
): { readonly sum: number; readonly magnitude: number } {
  let sum = 0;
  let magnitude = 0;
  for (let p = 0; p < k; p++) {
    const x = a[transposeA ? p * m + i : i * k + p]!;
    const y = b[transposeB ? j * k + p : p * n + j]!;
    sum += x * y;
    magnitude += Math.abs(x * y);
  }
  return { sum, magnitude };
}

/**
 * One element exactly as the unfused single-precision kernels compute it: single-precision sums over 64 steps,
 * of which four are added in single precision, and such blocks in float64.
 */
export function chunkedElement(
  { m, n, k, transposeA = false, transposeB = false }: Product,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  i: number,
  j: number,
): number {
  const round = Math.fround;
  let total = 0;
  for (let block = 0; block < k; block += 256) {
    let blockSum: number | undefined;
    for (let chunk = block; chunk < Math.min(block + 256, k); chunk += 64) {
      let sum = 0;
      for (let p = chunk; p < Math.min(chunk + 64, block + 256, k); p++) {
        const x = a[transposeA ? p * m + i : i * k + p]!;
        const y = b[transposeB ? j * k + p : p * n + j]!;
        sum = round(sum + round(x * y));
      }
      blockSum = blockSum === undefined ? sum : round(blockSum + sum);
    }
    total += blockSum ?? 0;
  }
  return round(total);
}
