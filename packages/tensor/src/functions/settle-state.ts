import { expectState } from "../options/expect-state.ts";
import { isPlainObject } from "../options/is-plain-object.ts";
import { isTensorJSON } from "../tensor/tensor-json.ts";
import { tensor } from "./creation.ts";

/**
 * A state as `stateDict` returned it: where it went through JSON, its tensors are tensors again.
 *
 * @throws {ValueError} unless it is an object; what has to be in it, the caller checks
 */
export function settleState<S extends object>(fn: string, state: S): S {
  expectState(fn, state);
  return revived(state) as S;
}

function revived(value: unknown): unknown {
  if (isTensorJSON(value)) return tensor(value);
  if (Array.isArray(value)) return value.map(revived);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
}
