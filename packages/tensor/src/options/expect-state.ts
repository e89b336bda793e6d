import { ValueError } from "../errors.ts";
import { isPlainObject } from "./is-plain-object.ts";
import { quoted } from "./value-range.ts";

/**
 * Throws unless `state` is an object as `stateDict` returns it; what has to be in it, the caller checks.
 *
 * @throws {ValueError} `Adam.loadStateDict: expected a state as stateDict returns it, got null.`
 */
export function expectState(fn: string, state: unknown): asserts state is Readonly<Record<string, unknown>> {
  if (!isPlainObject(state))
    throw new ValueError(`${fn}: expected a state as stateDict returns it, got ${quoted(state)}.`);
}
