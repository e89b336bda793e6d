import { type Shape, ShapeError, Tensor, where } from "@tapegrad/tensor";
import {
  apply,
  broadcastShapes,
  formatShape,
  iota,
  isFloat,
  option,
  optional,
  type OptionTable,
  promote,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { dropout } from "../dropout/dropout.ts";
import { type RandomOptions, randomTable } from "../init/fill.ts";

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionArguments extends RandomOptions {
  /** Boolean: true where a query may look at a key; or floats that are added to the scores. Broadcasts to `[..., queries, keys]`. */
  readonly mask?: Tensor | undefined;
  /** Whether query i may only look at keys 0 to i; false unless given. */
  readonly causal?: boolean;
  /** Factor of the scores; `1/√features` unless given. */
  readonly scale?: number | undefined;
  /** Probability of dropping an attention weight, 0 unless given. */
  readonly rate?: number;
  /** Whether to drop at all; true unless given. */
  readonly training?: boolean;
}

const table: OptionTable<AttentionArguments> = {
  mask: optional(ranges.instanceOf(Tensor)),
  causal: option(ranges.flag, false),
  scale: optional(ranges.finite),
  rate: option(ranges.unit, 0),
  training: option(ranges.flag, true),
  ...randomTable,
};

/** Below any score, and far enough from the end of float32 that differences of scores stay finite. */
const forbidden = -(2 ** 126);

/**
 * Averages of values, weighted by how well their keys fit each query: `softmax(scale·Q·Kᵀ)·V`.
 *
 * A query that a boolean mask keeps from all keys gives zeros.
 *
 * @param query `[..., queries, features]`
 * @param key `[..., keys, features]`; leading axes broadcast
 * @param value `[..., keys, valueFeatures]`
 * @returns `[..., queries, valueFeatures]`, in the promoted dtype; integers become float32
 * @throws {ShapeError} when shapes do not fit together
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * scaledDotProductAttention(x, x, tensor([[1], [3]]), { scale: 0 }).toArray(); // => [[2], [2]]
 * scaledDotProductAttention(x, x, tensor([[1], [3]]), { scale: 0, causal: true }).toArray(); // => [[1], [2]]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionArguments = {},
): Tensor {
  const fn = "scaledDotProductAttention";
  const settled = settleOptions(fn, options, table);
  const { mask, causal, rate, training, generator } = settled;
  const { features, scores: shape } = checkAttention(fn, query, key, value, mask);
  const { scale = 1 / Math.sqrt(features) } = settled;
  const dtype = [query, key, value].reduce((common, t) => promote(common, t.dtype), query.dtype);
  const float = isFloat(dtype) ? dtype : "float32";
  const [q, k, v] = [query.to(float).mul(scale), key.to(float), value.to(float)];
  let [scores] = apply("matmul", [q, k], { transposeA: false, transposeB: true }); // [..., queries, keys]
  const allowed = mask?.dtype === "bool" ? mask : undefined;
  if (mask !== undefined && allowed === undefined) scores = scores.add(mask);
  if (allowed !== undefined) scores = where(allowed, scores, forbidden);
  if (causal) {
    const [queries, keys] = shape.slice(-2) as [number, number];
    scores = where(iota([1, keys], 1).le(iota([queries, 1], 0)), scores, forbidden);
  }
  let weights = scores.softmax();
  if (allowed !== undefined) weights = where(allowed, weights, 0);
  if (rate !== 0) weights = dropout(weights, { rate, training, generator });
  return weights.matmul(v);
}

function checkAttention(
  fn: string,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | undefined,
): { readonly features: number; readonly scores: Shape } {
  for (const [name, t] of Object.entries({ query, key, value })) {
    if (t.ndim >= 2) continue;
    throw new ShapeError(`${fn}: expected ${name} of at least two axes, got shape ${formatShape(t.shape)}.`);
  }
  const [queries, features] = query.shape.slice(-2) as [number, number];
  const [keys, width] = key.shape.slice(-2) as [number, number];
  if (width !== features) {
    throw new ShapeError(`${fn}: expected a key of shape [..., ${features}], got ${formatShape(key.shape)}.`);
  }
  if (value.shape.at(-2) !== keys) {
    throw new ShapeError(`${fn}: expected a value of shape [..., ${keys}, features], got ${formatShape(value.shape)}.`);
  }
  const leading = broadcastShapes(fn, query.shape.slice(0, -2), key.shape.slice(0, -2));
  const scores = [...leading, queries, keys];
  if (mask !== undefined && !sameShape(broadcastShapes(fn, scores, mask.shape), scores)) {
    throw new ShapeError(
      `${fn}: expected a mask that broadcasts to ${formatShape(scores)}, got ${formatShape(mask.shape)}.`,
    );
  }
  return { features, scores };
}
