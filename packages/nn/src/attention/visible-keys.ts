import { DTypeError, type Shape, ShapeError, type Tensor, where, zeros } from "@tapegrad/tensor";
import { formatShape, iota, isFloat } from "@tapegrad/tensor/internal";
import { maskedSoftmax } from "../activations/masked-softmax.ts";

/** Numbers of a float mask from here down forbid: −∞, and the smallest numbers that other programs write for it. */
const forbidden = -(2 ** 126);

/** Throws unless the mask is of truth or of floats, and broadcasts to the shape of the scores. */
export function checkMask(fn: string, mask: Tensor | undefined, scores: Shape, name = "mask"): void {
  if (mask === undefined) return;
  if (mask.dtype !== "bool" && !isFloat(mask.dtype)) {
    throw new DTypeError(
      `${fn}: expected a bool or float ${name}, got ${mask.dtype}. Where 1 allows, pass ${name}.ne(0).`,
    );
  }
  const extra = scores.length - mask.ndim;
  if (extra < 0 || mask.shape.some((extent, axis) => extent !== 1 && extent !== scores[axis + extra])) {
    throw new ShapeError(
      `${fn}: expected a ${name} that broadcasts to ${formatShape(scores)}, got ${formatShape(mask.shape)}.`,
    );
  }
}

/** Which keys are no later than a query, `[queries, keys]`. */
export function pastKeys(queries: number, keys: number): Tensor {
  return iota([1, keys], 1).le(iota([queries, 1], 0));
}

/** Which keys a query may look at. */
export interface Visible {
  /** By the mask, `[..., queries or 1, keys or 1]`. */
  readonly masked: Tensor | undefined;
  /** By the mask and, if causal, by their places. */
  readonly all: Tensor;
  readonly causal: boolean;
}

/**
 * What mask and `causal` leave to be seen; undefined where each query may look at each key.
 *
 * @param shape of the scores, `[..., queries, keys]`
 */
export function visibleKeys(mask: Tensor | undefined, causal: boolean, shape: Shape): Visible | undefined {
  const [queries, keys] = shape.slice(-2) as [number, number];
  if (keys === 0) return undefined;
  let masked: Tensor | undefined;
  if (mask !== undefined) {
    masked = mask.dtype === "bool" ? mask : mask.detach().le(forbidden).logicalNot();
    if (mask.ndim < 2) masked = masked.reshape([1, mask.size]);
  }
  if (!causal) return masked && { masked, all: masked, causal };
  const past = pastKeys(queries, keys);
  const all = masked === undefined ? past : masked.logicalAnd(past);
  // Without a mask every query sees the first key, and every key that is no later than the last query is seen.
  return { masked: masked ?? (keys > queries ? past : undefined), all, causal };
}

/** `any`, which of nothing is false. */
function anyAlong(visible: Tensor, axes: readonly number[]): Tensor {
  if (axes.every((axis) => visible.shape[axis] !== 0)) return visible.any({ axis: axes, keepDims: true });
  return zeros(
    visible.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)),
    { dtype: "bool" },
  );
}

/** What is true anywhere along the axes that `shape` has not, or has as 1, as far as it has more. */
function anywhere(visible: Tensor, shape: Shape): Tensor {
  const extra = Math.max(0, visible.ndim - shape.length);
  const axes = visible.shape.flatMap((extent, axis) => {
    const target = axis < extra ? 1 : shape[axis - visible.ndim + shape.length];
    return extent !== 1 && target === 1 ? [axis] : [];
  });
  const reduced = axes.length === 0 ? visible : anyAlong(visible, axes);
  return extra === 0 ? reduced : reduced.reshape(reduced.shape.slice(extra));
}

/** The shape of keys or values, with their axis where scores have theirs and 1 for the queries. */
function asKeys({ shape }: Tensor): Shape {
  return [...shape.slice(0, -2), 1, shape.at(-2)!];
}

/** Zeros for queries `[..., queries, features]` that may not look at any key: 0 times what is NaN in them would be a gradient. */
export function hideBlindQueries(query: Tensor, { masked, all }: Visible): Tensor {
  return masked === undefined ? query : where(anywhere(all, [...query.shape.slice(0, -1), 1]), query, 0);
}

/** Zeros for keys or values `[..., keys, features]` that no query may look at, so that none of their NaN is multiplied by 0. */
export function hideUnseen(x: Tensor, { masked, all }: Visible): Tensor {
  return masked === undefined ? x : where(anywhere(all, asKeys(x)).transpose(-2, -1), x, 0);
}

/** Softmax of the scores over visible keys: hidden ones have weight 0, all of them where no key is visible. */
export function visibleSoftmax(scores: Tensor, { all }: Visible): Tensor {
  return maskedSoftmax(scores, all, [scores.ndim - 1]);
}

/**
 * `weights · value`. What is NaN or infinite in a value reaches the queries that may look at it and no others, although
 * the others' weight of 0 times NaN is NaN. Such elements have no gradient. With a mask that differs between queries, a
 * query that sees one value that is not finite also gets what is not finite in other columns of other values.
 */
export function averageVisible(weights: Tensor, value: Tensor, { masked, all, causal }: Visible): Tensor {
  const [queries, keys] = weights.shape.slice(-2) as [number, number];
  const isShared = (visible: Tensor): boolean => anywhere(visible, asKeys(value)).size !== visible.size;
  // Where all that use a value see it or none does, it is hidden already.
  if (!isShared(all)) return weights.matmul(value);
  const finite = value.detach().abs().lt(Infinity);
  const poison = where(finite, 0, value.detach()).sum({ axis: -2, keepDims: true }); // [..., 1, features]
  const byPlace = causal && (masked === undefined || !isShared(masked));
  const reached = byPlace
    ? iota([queries, 1], 0).ge(where(finite, keys, iota([keys, 1], 0)).min({ axis: -2, keepDims: true }))
    : all.logicalAnd(finite.all({ axis: -1 }).logicalNot().unsqueeze(-2)).any({ axis: -1, keepDims: true });
  return weights.matmul(where(finite, value, 0)).add(where(reached, poison, 0));
}
