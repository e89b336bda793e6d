import { ValueError } from "../errors.ts";
import { quoted } from "./value-range.ts";

/**
 * Throws if a function without options was given more arguments than it takes: they would be ignored. Such a function
 * declares what may follow its arguments as `...none: []`.
 *
 * @throws {ValueError} `round: expected no further argument, got 2.`
 */
export function expectNothing(fn: string, none: readonly unknown[]): void {
  if (none.length > 0) refuse(fn, none);
}

function refuse(fn: string, given: readonly unknown[]): void {
  const first = given.find((value) => value !== undefined);
  if (first !== undefined) throw new ValueError(`${fn}: expected no further argument, got ${quoted(first)}.`);
}
