import { type Shape, ShapeError, Tensor } from "@tapegrad/tensor";
import {
  apply,
  broadcastShapes,
  expectTensor,
  formatShape,
  isFloat,
  option,
  optional,
  type OptionTable,
  promote,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { dropout } from "../dropout/dropout.ts";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import {
  averageVisible,
  checkMask,
  hideBlindQueries,
  hideUnseen,
  visibleKeys,
  visibleSoftmax,
} from "./visible-keys.ts";

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

/** {@link AttentionArguments}, row by row. */
export const attentionArguments: OptionTable<AttentionArguments> = {
  mask: optional(ranges.instanceOf(Tensor)),
  causal: option(ranges.flag, false),
  scale: optional(ranges.finite),
  rate: option(ranges.unit, 0),
  training: option(ranges.flag, true),
  ...randomTable,
};

/**
 * Averages of values, weighted by how well their keys fit each query: `softmax(scale·Q·Kᵀ)·V`.
 *
 * A query that mask and `causal` together keep from all keys gives zeros. A key that is hidden from a query changes
 * nothing of its result, NaN and infinities included, and one that is hidden from all changes no gradient either.
 * Numbers of a mask of at most −2¹²⁶, such as −∞ and the smallest float32, hide as `false` does.
 *
 * @param query `[..., queries, features]`
 * @param key `[..., keys, features]`; leading axes broadcast
 * @param value `[..., keys, valueFeatures]`
 * @returns `[..., queries, valueFeatures]`, in the promoted dtype; integers become float32
 * @throws {ShapeError} when shapes do not fit together
 * @throws {DTypeError} for a mask of int32: the zeros and ones of a tokenizer are `mask.ne(0)`
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
  expectTensor("scaledDotProductAttention", "query", query);
  expectTensor("scaledDotProductAttention", "key", key);
  expectTensor("scaledDotProductAttention", "value", value);
  const fn = "scaledDotProductAttention";
  const settled = settleOptions(fn, options, attentionArguments);
  const { mask, causal, rate, training, generator } = settled;
  const { features, scores: shape } = checkAttention(fn, query, key, value);
  checkMask(fn, mask, shape);
  const { scale = 1 / Math.sqrt(features) } = settled;
  const dtype = [query, key, value].reduce((common, t) => promote(common, t.dtype), query.dtype);
  const float = isFloat(dtype) ? dtype : "float32";
  let [q, k, v] = [query.to(float), key.to(float), value.to(float)];
  const visible = visibleKeys(mask, causal, shape);
  if (visible !== undefined) {
    q = hideBlindQueries(q, visible);
    k = hideUnseen(k, visible);
    v = hideUnseen(v, visible);
  }
  let [scores] = apply("matmul", [q.mul(scale), k], { transposeA: false, transposeB: true }); // [..., queries, keys]
  if (mask !== undefined && mask.dtype !== "bool") scores = scores.add(mask.to(float));
  let weights = visible === undefined ? scores.softmax() : visibleSoftmax(scores, visible);
  if (rate !== 0) weights = dropout(weights, { rate, training, generator });
  return visible === undefined ? weights.matmul(v) : averageVisible(weights, v, visible);
}

function checkAttention(
  fn: string,
  query: Tensor,
  key: Tensor,
  value: Tensor,
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
  return { features, scores: [...leading, queries, keys] };
}
