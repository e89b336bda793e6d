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
