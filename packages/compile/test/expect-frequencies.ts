import { expect } from "vitest";

/** Frequencies lie within five standard errors of the probabilities. */
export function expectFrequencies(drawn: Iterable<number>, probabilities: readonly number[]): void {
  const counts = probabilities.map(() => 0);
  let n = 0;
  for (const k of drawn) {
    counts[k]!++;
    n++;
  }
  probabilities.forEach((p, k) => {
    const error = Math.sqrt((p * (1 - p)) / n);
    expect(Math.abs(counts[k]! / n - p), `class ${k}: ${counts[k]} of ${n} for ${p}`).toBeLessThanOrEqual(5 * error);
  });
}
