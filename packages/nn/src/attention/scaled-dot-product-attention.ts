import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  apply,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { attend, type Score, scoresOf } from "./attend.ts";
import { attentionArguments, type AttentionArguments } from "./attention-arguments.ts";
import { checkMask } from "./visible-keys.ts";

/** Options of {@link scaledDotProductAttention}. */
export interface ScaledDotProductAttentionArguments extends AttentionArguments {
  /**
   * Whether several heads of the query share one of key and value (grouped-query attention): query `[..., heads, queries, features]`
   * with key and value `[..., groups, keys, features]`, where consecutive `heads / groups` heads share a group; false unless given.
   */
  readonly enableGqa?: boolean;
}

const table: OptionTable<ScaledDotProductAttentionArguments> = {
  ...attentionArguments,
  enableGqa: option(ranges.flag, false),
};

/** Products of queries and keys, by a factor. */
export const dotProduct =
  (scale: number): Score =>
  (query, key) =>
    apply("matmul", [query.mul(scale), key], { transposeA: false, transposeB: true })[0];

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
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; `enableGqa`: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * scaledDotProductAttention(x, x, tensor([[1], [3]]), { scale: 0 }).toArray(); // => [[2], [2]]
 * scaledDotProductAttention(x, x, tensor([[1], [3]]), { scale: 0, causal: true }).toArray(); // => [[1], [2]]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: ScaledDotProductAttentionArguments = {},
): Tensor {
  const fn = "scaledDotProductAttention";
  expectTensor(fn, "query", query);
  expectTensor(fn, "key", key);
  expectTensor(fn, "value", value);
  const settled = settleOptions(fn, options, table);
  const ofHead = (name: string, x: Tensor): Tensor => (settled.enableGqa ? repeatGroups(fn, name, x, query) : x);
  const inputs = { query, key: ofHead("key", key), value: ofHead("value", value) };
  const scores = scoresOf(fn, inputs);
  checkMask(fn, settled.mask, scores);
  const { scale = 1 / Math.sqrt(query.shape.at(-1)!) } = settled;
  return attend(inputs, dotProduct(scale), scores, settled).output;
}

/** Keys or values with a group for each head of the query. */
function repeatGroups(fn: string, name: string, x: Tensor, query: Tensor): Tensor {
  const [heads, groups] = [query.shape.at(-3), x.shape.at(-3)];
  if (heads === undefined || groups === undefined || groups === 0 || heads % groups !== 0) {
    throw new ShapeError(
      `${fn}: expected ${name} of shape [..., groups, keys, features] whose groups divide the heads of the query, got ${formatShape(x.shape)} for ${formatShape(query.shape)}.`,
    );
  }
  const [before, last] = [x.shape.slice(0, -2), x.shape.slice(-2)];
  return x
    .unsqueeze(-3)
    .broadcastTo([...before, heads / groups, ...last])
    .reshape([...before.slice(0, -1), heads, ...last]);
}
