import { DTypeError, ShapeError, type Tensor, ValueError, where } from "@tapegrad/tensor";
import { checkOptions, formatShape } from "@tapegrad/tensor/internal";

/** Options of {@link embedding}. */
export interface EmbeddingArguments {
  /** Row whose gradient is 0, from the end if negative; none unless given. */
  readonly paddingIndex?: number | undefined;
}

/**
 * Rows of a table by their index: `y[...] = weight[index[...]]`.
 *
 * Backward adds the cotangent of every position to the row it was read from, except for the row `paddingIndex`.
 *
 * @param index whole numbers in `[0, rows)`, int32 of any shape
 * @param weight `[rows, features]`; its dtype is that of the result
 * @returns `[...index.shape, features]`
 * @throws {DTypeError} when `index` is not int32
 * @throws {ShapeError} when `weight` is not a matrix
 * @throws {ValueError} for an index or `paddingIndex` out of range
 *
 * Bengio et al. 2003, https://www.jmlr.org/papers/v3/bengio03a.html
 *
 * @example
 * ```ts
 * embedding(tensor([2, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4], [5, 6]])).toArray(); // => [[5, 6], [1, 2]]
 * ```
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingArguments = {}): Tensor {
  checkOptions("embedding", options, ["paddingIndex"]);
  const [count, features] = weight.shape;
  if (count === undefined || features === undefined || weight.ndim !== 2) {
    throw new ShapeError(`embedding: expected a weight of shape [rows, features], got ${formatShape(weight.shape)}.`);
  }
  if (index.dtype !== "int32") {
    throw new DTypeError(`embedding: expected an int32 index, got ${index.dtype}. Convert it with to("int32").`);
  }
  const padding = resolvePadding("embedding", options.paddingIndex, count);
  const wrong = index.storage.data?.find((k) => k < 0 || k >= count);
  if (wrong !== undefined) throw new ValueError(`embedding: expected indices in [0, ${count}), got ${wrong}.`);
  const flat = index.reshape([index.size]);
  const rows = weight.indexSelect(0, flat); // [positions, features]
  const y = padding === undefined ? rows : where(flat.eq(padding).unsqueeze(-1), rows.detach(), rows);
  return y.reshape([...index.shape, features]);
}

/**
 * The padding index counted from the start.
 *
 * @throws {ValueError} when there is no such row
 */
export function resolvePadding(fn: string, padding: number | undefined, count: number): number | undefined {
  if (padding === undefined) return undefined;
  if (!Number.isSafeInteger(padding) || padding < -count || padding >= count) {
    throw new ValueError(`${fn}: expected a whole paddingIndex in [${-count}, ${count}), got ${String(padding)}.`);
  }
  return padding < 0 ? padding + count : padding;
}
