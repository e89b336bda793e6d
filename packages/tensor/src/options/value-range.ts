import { type TapegradError, ValueError } from "../errors.ts";
import { isPlainObject } from "./is-plain-object.ts";
import { plainName } from "./nearest-name.ts";

/** The values that an argument may have, and what messages call them. */
export interface ValueRange<T> {
  /** Follows the argument's name in "expected …": "≥ 0", "to be true or false". */
  readonly text: string;
  /** Whether a value lies in it. */
  readonly has: (value: unknown) => value is T;
  /** The words among the values: one of them that begins as a wrong one is proposed instead. */
  readonly words?: readonly string[];
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

/**
 * Throws unless `value` is a function.
 *
 * @throws {ValueError} `compile: expected fn to be a function, got a Dense.`
 */
export function expectFunction(fn: string, name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new ValueError(`${fn}: expected ${name} to be a function, got ${quoted(value)}.`);
}

/** The error that says that `value` is not in `range`. */
export function outOfRange(fn: string, name: string, value: unknown, range: ValueRange<unknown>): TapegradError {
  const { text, error = ValueError, words } = range;
  return new error(
    `${fn}: expected ${name} ${text}, got ${formatValue(value)}.${didYouMean(words?.find((word) => beginAlike(value, word)))}`,
  );
}

/** "int" and "int32", and Int32Array and "int32". */
function beginAlike(value: unknown, word: string): boolean {
  const name = plainName(typeof value === "function" ? value.name.replace(/Array$/, "") : String(value));
  return name.length > 1 && (word.startsWith(name) || name.startsWith(word));
}

/** The hint that ends a message, if there is anything to propose. */
export function didYouMean(proposal: string | undefined): string {
  return proposal === undefined ? "" : ` Did you mean "${proposal}"?`;
}

/** A value as it stands in messages: short, and on one line. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return isWord(value) ? value : JSON.stringify(value);
  // 1e-5 rather than 0.00001.
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${shortened(Array.from(value.slice(0, 9), formatValue), 8)}]`;
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (!isPlainObject(value)) return withArticle(value.constructor.name);
  const members = Object.entries(value).map(
    ([name, member]) => `${name}: ${isPlainObject(member) ? "{…}" : quoted(member)}`,
  );
  return members.length === 0 ? "{}" : `{ ${shortened(members, 4)} }`;
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** A value as it stands in code: {@link formatValue} with every string in quotes. */
export function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : formatValue(value);
}

/** Whether a string needs no quotes to be known as one. */
function isWord(text: string): boolean {
  return /^[a-z_]\w*$/i.test(text) && !["true", "false", "null", "undefined", "NaN", "Infinity"].includes(text);
}

function shortened(parts: readonly string[], most: number): string {
  return parts.length > most ? `${parts.slice(0, most).join(", ")}, …` : parts.join(", ");
}
