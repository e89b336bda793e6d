import { ValueError } from "../errors.ts";
import { formatValue } from "./value-range.ts";

/**
 * Throws when `options` is no object, or has a key that is not in `allowed`.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `Adam: expected options lr, eps, got "learningRate".`
 */
export function checkOptions(fn: string, options: object, allowed: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ValueError(`${fn}: expected options as an object, got ${formatValue(options)}.`);
  }
  for (const key in options) {
    if (!allowed.includes(key)) {
      throw new ValueError(`${fn}: expected options ${allowed.join(", ")}, got "${key}".`);
    }
  }
}
