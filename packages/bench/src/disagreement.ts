/** float32 sums differ in their order, and Adam divides small gradients by their own size. */
const tolerance = 1e-4;

/** What two contenders computed differently, as a sentence; undefined if they agree to a relative error of 1e-4. */
export function disagreement(values: readonly number[], expected: readonly number[]): string | undefined {
  if (values.length !== expected.length) return `expected ${expected.length} values, got ${values.length}.`;
  const at = expected.findIndex((value, i) => !(Math.abs(values[i]! - value) <= tolerance * Math.abs(value)));
  return at < 0 ? undefined : `expected value ${at + 1} to be ${expected[at]}, got ${values[at]}.`;
}
