import { ValueError } from "../errors.ts";
import { formatValue } from "./value-range.ts";

/**
 * Throws when `options` is no object, or has a key that is not in `allowed`.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `Adam: expected options lr, eps, got "learningRate".`
 */
export function checkOptions(fn: string, options: object, allowed: readonly string[]): void {
  if (!isRecord(options)) {
    throw new ValueError(`${fn}: expected options as an object, got ${formatValue(options)}.`);
  }
  for (const key in options) {
    if (!allowed.includes(key)) {
      throw new ValueError(`${fn}: expected options ${allowed.join(", ")}, got "${key}".`);
    }
  }
}

/** Whether `value` can hold options: an object that is no array. */
export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
