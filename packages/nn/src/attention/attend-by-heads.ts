import { cat, chunk, type Shape, ShapeError, type Tensor, where, zeros } from "@tapegrad/tensor";
import {
  broadcastShapes,
  expectTensor,
  expectValue,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { linear } from "../dense/dense.ts";
import { checkVector } from "../module/check-vector.ts";
import { normalize } from "../norms/activation/normalize.ts";
import { attend, type Attended, type AttentionInputs } from "./attend.ts";
import { attentionArguments, type AttentionArguments, type PaddingMasks, paddingTable } from "./attention-arguments.ts";
import { checkHeads, checkInputs, checkWeights } from "./check-attention.ts";
import { joinMasks, withExtraKeys } from "./join-masks.ts";
import { dotProduct } from "./scaled-dot-product-attention.ts";
import { hideUnseen, visibleKeys } from "./visible-keys.ts";

/** Weights of `multiHeadAttention`. */
export interface AttentionWeights {
  /** Projections of query, key and value: stacked as `[3·features, features]`, or one by one as `[features, in]`. */
  readonly inProjWeight: Tensor | readonly [query: Tensor, key: Tensor, value: Tensor];
  /** `[3·features]`; none unless given */
  readonly inProjBias?: Tensor | undefined;
  /** Projection of the joined heads, `[features, features]` */
  readonly outProjWeight: Tensor;
  /** `[features]`; none unless given */
  readonly outProjBias?: Tensor | undefined;
  /** One more projected key behind the others, `[1, 1, features]`, which every query may look at; given with `biasV`. */
  readonly biasK?: Tensor | undefined;
  /** The projected value of that key, `[1, 1, features]` */
  readonly biasV?: Tensor | undefined;
  /**
   * Scale g of QK-norm, of no axes: queries and keys of every head get length 1, and scores are `g·q̂·k̂`, times `scale` if that is given. No norm unless given.
   */
  readonly qkScale?: Tensor | undefined;
}

/** Options of `multiHeadAttention`. */
export interface MultiHeadAttentionArguments extends AttentionArguments, PaddingMasks {
  /** Whether one more key and value of zeros stand behind all others, which every query may look at; false unless given. */
  readonly addZeroAttention?: boolean;
  /**
   * What turns queries and keys by their positions, such as `(x) => rotaryEmbedding(x)`: gets and gives
   * `[..., heads, positions, features / heads]`. Added keys have no position. Nothing unless given.
   */
  readonly rotary?: ((x: Tensor) => Tensor) | undefined;
}

/** {@link MultiHeadAttentionArguments}, row by row. */
export const headsTable: OptionTable<MultiHeadAttentionArguments> = {
  ...attentionArguments,
  ...paddingTable,
  addZeroAttention: option(ranges.flag, false),
  rotary: optional(ranges.callable<(x: Tensor) => Tensor>()),
};

/** Weights of all heads as their mean. */
export function averageHeads({ output, weights }: Attended): Attended {
  return { output, weights: weights.mean({ axis: -3 }) };
}

/** `multiHeadAttentionWithWeights` with the weights of each head, under the name that was called, of options that are settled. */
export function attendByHeads(
  fn: string,
  inputs: AttentionInputs,
  heads: number,
  weights: AttentionWeights,
  options: Required<MultiHeadAttentionArguments>,
): Attended {
  const { query, key, value } = inputs;
  for (const [name, x] of Object.entries({ query, key, value })) expectTensor(fn, name, x);
  expectValue(fn, "weights", weights, ranges.record);
  checkWeights(fn, weights);
  const features = weights.outProjWeight.shape.at(-1) ?? 0;
  checkHeads(fn, heads, features);
  checkInputs(fn, inputs, weights);
  const { biasK, biasV, qkScale } = weights;
  for (const [name, bias] of Object.entries({ biasK, biasV })) checkVector(fn, name, bias, [1, 1, features]);
  const { causal, addZeroAttention, rotary, scale, rate, training, generator } = options;
  const [queries, keys] = [query.shape.at(-2)!, key.shape.at(-2)!];
  const batch = broadcastShapes(fn, query.shape.slice(0, -2), key.shape.slice(0, -2));
  const mask = joinMasks(fn, options, [...batch, heads, queries, keys], 1);
  const shown = hidePadding(inputs, [...batch, heads, queries, keys], mask, causal, options.queryMask);
  const separate = (x: Tensor): Tensor =>
    x.reshape([...x.shape.slice(0, -1), heads, features / heads]).transpose(-3, -2); // [..., heads, positions, features / heads]
  let [q, k, v] = project(fn, shown, features, weights).map(separate) as [Tensor, Tensor, Tensor];
  if (rotary !== undefined) [q, k] = [turned(fn, q, rotary), turned(fn, k, rotary)];
  if (biasK !== undefined && biasV !== undefined)
    [k, v] = [behind(k, separate(biasK.squeeze(0))), behind(v, separate(biasV.squeeze(0)))];
  if (addZeroAttention) [k, v] = [k, v].map((x) => behind(x, zeros([1, 1, 1], { dtype: x.dtype }))) as [Tensor, Tensor];
  const extra = k.shape.at(-2)! - keys;
  if (qkScale !== undefined) [q, k] = [unit(q).mul(qkScale), unit(k)];
  const factor = scale ?? (qkScale === undefined ? 1 / Math.sqrt(features / heads) : 1);
  const attended = attend(
    { query: q, key: k, value: v },
    dotProduct(factor),
    [...batch, heads, queries, keys + extra],
    {
      ...(extra === 0
        ? { mask, causal }
        : { mask: withExtraKeys(mask, causal, [queries, keys], extra), causal: false }),
      ...{ rate, training, generator },
    },
  );
  const ordered = attended.output.transpose(-3, -2);
  const joined = ordered.reshape([...ordered.shape.slice(0, -2), features]); // [..., queries, features]
  return { output: linear(joined, weights.outProjWeight, weights.outProjBias), weights: attended.weights };
}

/** Vectors of length 1; 0 stays 0. */
const unit = (x: Tensor): Tensor => normalize(x, { axis: -1 });

/** `[..., heads, keys, width]` with one more, which is the same for the whole batch, at the end. */
function behind(x: Tensor, one: Tensor): Tensor {
  return cat([x, one.broadcastTo([...x.shape.slice(0, -2), 1, x.shape.at(-1)!])], -2);
}

/**
 * Query, key and value with zeros where no query may look, and where none counts, so that no NaN there is multiplied by 0
 * in a gradient of the projections. Where keys or values are the query they are projected with it: zeros stand only where
 * a place neither counts nor is seen.
 */
function hidePadding(
  { query, key, value }: AttentionInputs,
  scores: Shape,
  mask: Tensor | undefined,
  causal: boolean,
  queryMask: Tensor | undefined,
): AttentionInputs {
  const isSelf = key === query && value === query;
  if (mask === undefined || (isSelf && queryMask === undefined)) return { query, key, value };
  const visible = visibleKeys(mask, causal, scores);
  const hide = (x: Tensor): Tensor => (visible === undefined ? x : hideUnseen(x.unsqueeze(-3), visible).squeeze(-3));
  const isShared = key === query || value === query;
  const counted = queryMask && where(queryMask.unsqueeze(-1), query, isShared ? hide(query) : 0);
  const shown = (x: Tensor): Tensor => (x === query ? (counted ?? x) : hide(x));
  const shownKey = shown(key);
  return { query: counted ?? query, key: shownKey, value: value === key ? shownKey : shown(value) };
}

/** Queries or keys by their positions. */
function turned(fn: string, x: Tensor, rotary: (x: Tensor) => Tensor): Tensor {
  const y = rotary(x);
  checkVector(fn, "what rotary gives", y, x.shape);
  return y;
}

/** Query, key and value under their projections; one product where all three are the same and stacked. */
function project(
  fn: string,
  { query, key, value }: AttentionInputs,
  features: number,
  { inProjWeight, inProjBias }: AttentionWeights,
): readonly Tensor[] {
  checkVector(fn, "inProjBias", inProjBias, [3 * features]);
  const stacked = "shape" in inProjWeight ? inProjWeight : undefined;
  if (stacked !== undefined && (stacked.ndim !== 2 || stacked.shape[0] !== 3 * features)) {
    throw new ShapeError(
      `${fn}: expected inProjWeight of shape [${3 * features}, in], got ${formatShape(stacked.shape)}.`,
    );
  }
  if (stacked !== undefined && query === key && key === value) {
    return chunk(linear(query, stacked, inProjBias), 3, -1);
  }
  const matrices = "shape" in inProjWeight ? chunk(inProjWeight, 3) : inProjWeight;
  const biases = inProjBias === undefined ? [] : chunk(inProjBias, 3);
  return [query, key, value].map((x, i) => {
    const matrix = matrices[i]!;
    if (matrix.shape[0] !== features) {
      throw new ShapeError(`${fn}: expected projections of shape [${features}, in], got ${formatShape(matrix.shape)}.`);
    }
    return linear(x, matrix, biases[i]);
  });
}
