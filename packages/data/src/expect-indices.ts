import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { isTypedArray } from "./is-typed-array.ts";

/**
 * Throws unless `indices` is an array or a typed array; which indices there are, `checkIndex` says.
 *
 * @throws {ValueError} `Subset: expected a list of indices, got 5.`
 */
export function expectIndices(fn: string, indices: unknown): asserts indices is ArrayLike<number> {
  if (Array.isArray(indices) || isTypedArray(indices)) return;
  throw new ValueError(`${fn}: expected a list of indices, got ${quoted(indices)}.`);
}

/**
 * Indices of one's own, copied.
 *
 * @throws {ValueError} if it is no list, or one of it is no whole number ≥ 0
 */
export function wholeIndices(fn: string, indices: unknown): Int32Array {
  expectIndices(fn, indices);
  return Int32Array.from(indices, (index, at) => {
    if (Number.isSafeInteger(index) && index >= 0) return index;
    throw new ValueError(`${fn}: expected indices to be whole numbers ≥ 0, got ${quoted(index)} at position ${at}.`);
  });
}
