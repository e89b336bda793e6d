import type { Tensor } from "@tapegrad/tensor";

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];
/** A matrix as rows. */
export const rows = (t: Tensor): Matrix => t.toArray() as number[][];
/** Σ aᵢ·bᵢ */
export const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** Attention of one head in scalars; `bias[i][j]` is added to a score, −∞ forbids it. */
export function plainAttention(
  q: Matrix,
  k: Matrix,
  v: Matrix,
  scale: number,
  bias: (i: number, j: number) => number,
): number[][] {
  return q.map((query, i) => {
    const scores = k.map((key, j) => scale * dot(query, key) + bias(i, j));
    const top = Math.max(...scores);
    const powers = scores.map((score) => (score === -Infinity ? 0 : Math.exp(score - top)));
    const total = powers.reduce((a, b) => a + b, 0);
    return (v[0] as number[]).map((_, c) => powers.reduce((sum, p, j) => sum + (total === 0 ? 0 : (p / total) * v[j]![c]!), 0));
  }); // prettier-ignore
}
