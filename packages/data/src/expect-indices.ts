import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";

/**
 * Throws unless `indices` is an array or a typed array; which indices there are, `checkIndex` says.
 *
 * @throws {ValueError} `Subset: expected a list of indices, got 5.`
 */
export function expectIndices(fn: string, indices: unknown): asserts indices is ArrayLike<number> {
  if (Array.isArray(indices) || (ArrayBuffer.isView(indices) && !(indices instanceof DataView))) return;
  throw new ValueError(`${fn}: expected a list of indices, got ${quoted(indices)}.`);
}
