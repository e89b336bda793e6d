import { expectState } from "../options/expect-state.ts";
import { isPlainObject } from "../options/is-plain-object.ts";
import { elementsOfJSON, isTensorJSON } from "../tensor/tensor-json.ts";
import { tensorOf } from "./creation.ts";

/**
 * A state as `stateDict` returned it: where it went through JSON, its tensors are tensors again.
 *
 * @throws {ValueError} unless it is an object, or when JSON has other elements than the dtype of a tensor; what has to be
 * in it, the caller checks
 */
export function settleState<S extends object>(fn: string, state: S): S {
  expectState(fn, state);
  return revived(fn, "", state) as S;
}

/** @param path where in the state the value stands, for the messages */
function revived(fn: string, path: string, value: unknown): unknown {
  if (isTensorJSON(value)) {
    const values = elementsOfJSON(fn, `${path}.data`, value);
    return tensorOf(fn, { values, shape: value.shape, dtype: value.dtype });
  }
  const inside = (key: number | string, inner: unknown): unknown =>
    revived(fn, path === "" ? String(key) : `${path}.${key}`, inner);
  if (Array.isArray(value)) return value.map((inner, i) => inside(i, inner));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(key, inner)]));
}
