import { cat, DTypeError, ones, type Shape, type Tensor, where, zeros } from "@tapegrad/tensor";
import type { AttentionMasks } from "./attention-arguments.ts";
import { checkMask, pastKeys } from "./visible-keys.ts";

/** One mask of two: what either hides is hidden, and floats add up. */
export function bothMasks(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.dtype === "bool") return b.dtype === "bool" ? a.logicalAnd(b) : where(a, b, -Infinity);
  return b.dtype === "bool" ? where(b, a, -Infinity) : a.add(b);
}

/**
 * One mask of all: of queries and keys, of keys, and of queries.
 *
 * @param scores their shape, `[...batch, ...shared, queries, keys]`
 * @param shared how many axes between batch and queries padding is the same for: that of the heads
 * @throws {DTypeError} for a mask of int32, or a queryMask of floats
 * @throws {ShapeError} when a mask does not broadcast to the scores
 */
export function joinMasks(
  fn: string,
  { mask, keyPaddingMask, queryMask }: AttentionMasks,
  scores: Shape,
  shared: number,
): Tensor | undefined {
  checkMask(fn, mask, scores);
  const batch = scores.slice(0, -2 - shared);
  checkMask(fn, keyPaddingMask, [...batch, scores.at(-1)!], "keyPaddingMask");
  checkMask(fn, queryMask, [...batch, scores.at(-2)!], "queryMask");
  if (queryMask !== undefined && queryMask.dtype !== "bool") {
    throw new DTypeError(`${fn}: expected a bool queryMask, got ${queryMask.dtype}.`);
  }
  const apart = Array<number>(shared).fill(1);
  const keys = keyPaddingMask && spread(keyPaddingMask, [...apart, 1, keyPaddingMask.shape.at(-1) ?? 1]);
  const queries = queryMask && spread(queryMask, [...apart, queryMask.shape.at(-1) ?? 1, 1]);
  return bothMasks(bothMasks(mask, keys), queries);
}

/** A mask of places with other last axes in place of its last. */
function spread(mask: Tensor, last: Shape): Tensor {
  return mask.reshape([...mask.shape.slice(0, -1), ...last]);
}

/** A mask, and what `causal` says, for `extra` more keys at the end that every query may look at. */
export function withExtraKeys(
  mask: Tensor | undefined,
  causal: boolean,
  [queries, keys]: readonly [queries: number, keys: number],
  extra: number,
): Tensor | undefined {
  const all = bothMasks(mask, causal ? pastKeys(queries, keys) : undefined);
  if (all === undefined) return undefined;
  const before = all.shape.slice(0, -1);
  const open =
    all.dtype === "bool"
      ? ones([...before, extra], { dtype: "bool" })
      : zeros([...before, extra], { dtype: all.dtype });
  return cat([all.broadcastTo([...before, keys]), open], -1);
}
