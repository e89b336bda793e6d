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
 * @throws {ValueError} if it is no list, or one of it is no whole number ≥ 0, or 2³¹ or more
 */
export function wholeIndices(fn: string, indices: unknown): Int32Array {
  expectIndices(fn, indices);
  return Int32Array.from(indices, (index, at) => {
    if (Number.isSafeInteger(index) && index >= 0 && index < 2 ** 31) return index;
    const wanted = index >= 2 ** 31 ? "below 2³¹" : "to be whole numbers ≥ 0";
    throw new ValueError(`${fn}: expected indices ${wanted}, got ${quoted(index)} at position ${at}.`);
  });
}
