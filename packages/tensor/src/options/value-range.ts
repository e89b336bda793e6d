import { type TapegradError, ValueError } from "../errors.ts";

/** The values that an argument may have, and what messages call them. */
export interface ValueRange<T> {
  /** Follows the argument's name in "expected …": "≥ 0", "to be true or false". */
  readonly text: string;
  readonly has: (value: unknown) => value is T;
  /** What is thrown for other values: a `ValueError` unless given. */
  readonly error?: new (message: string) => TapegradError;
}

/**
 * Throws unless `value` lies in `range`.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `huberLoss: expected delta > 0, got 0.`
 */
export function expectValue<T>(fn: string, name: string, value: unknown, range: ValueRange<T>): asserts value is T {
  if (!range.has(value)) throw outOfRange(fn, name, value, range);
}

/** The error that says that `value` is not in `range`. */
export function outOfRange(fn: string, name: string, value: unknown, range: ValueRange<unknown>): TapegradError {
  const { text, error = ValueError } = range;
  return new error(`${fn}: expected ${name} ${text}, got ${formatValue(value)}.`);
}

/** A value as it stands in messages: short, and on one line. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (Array.isArray(value)) {
    return `[${value.slice(0, 8).map(formatValue).join(", ")}${value.length > 8 ? ", …" : ""}]`;
  }
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
    ? "an object"
    : withArticle(value.constructor.name);
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
