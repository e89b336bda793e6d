/** Φ(x) by its power series, which is enough for |x| ≤ 4. */
export function normalCdf(x: number): number {
  let sum = 0;
  for (let n = 0, term = x / Math.SQRT2; n < 80; n++, term *= -(x * x) / 2 / n) sum += term / (2 * n + 1);
  return 0.5 + sum / Math.sqrt(Math.PI);
}
