import { allocate, fromData, sizeOf } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { checkIndex } from "./check-index.ts";

// Below this many elements a row is copied faster by a loop than by a call of `set`.
const shortRow = 16;

/**
 * Copies rows of `source` (entries of its first axis) into a new tensor, in the order of `indices`.
 *
 * @param fn name of the caller, for error messages
 * @param source shape `[N, ...rest]`
 * @param indices row numbers from 0 to N − 1, repeats allowed
 * @returns shape `[indices.length, ...rest]`, the dtype of `source`, without gradient
 * @throws {ValueError} if an index is out of range
 */
export function gatherRows(fn: string, source: Tensor, indices: Int32Array): Tensor {
  const [rows = 0, ...rest] = source.shape;
  for (const index of indices) checkIndex(fn, index, rows);
  const width = sizeOf(rest);
  const from = source["elements"];
  const to = allocate(source.dtype, indices.length * width);
  let at = 0;
  for (const index of indices) {
    const start = index * width;
    if (width < shortRow) {
      for (let column = 0; column < width; column++) to[at + column] = from[start + column] ?? 0;
    } else {
      to.set(from.subarray(start, start + width), at);
    }
    at += width;
  }
  return fromData(to, [indices.length, ...rest], source.dtype);
}
