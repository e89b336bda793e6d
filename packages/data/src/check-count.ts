import { ValueError } from "@tapegrad/tensor";

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkCount(fn: string, option: string, value: unknown, minimum: 0 | 1): asserts value is number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < minimum) {
    const wanted = minimum === 0 ? "a non-negative integer" : "a positive integer";
    throw new ValueError(`${fn}: expected ${option} to be ${wanted}, got ${String(value)}.`);
  }
}
