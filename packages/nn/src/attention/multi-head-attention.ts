import { full, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import {
  expectValue,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Dense } from "../dense/dense.ts";
import { xavierNormal, xavierUniform } from "../init/variance-scaling.ts";
import { Parameter } from "../module/parameter.ts";
import { type RecurrentOptions, recurrentTable } from "../recurrent/recurrent.ts";
import {
  attendByHeads,
  type AttentionWeights,
  averageHeads,
  headsTable,
  type MultiHeadAttentionArguments,
} from "./attend-by-heads.ts";
import type { Attended, AttentionInputs } from "./attend.ts";
import { type AttentionMasks, masksTable } from "./attention-arguments.ts";
import { AttentionLayer } from "./attention-layer.ts";
import { checkHeads } from "./check-attention.ts";
import { RotaryEmbedding } from "./rotary-embedding.ts";

/** Options of {@link multiHeadAttentionWithWeights}. */
export interface MultiHeadAttentionWithWeightsArguments extends MultiHeadAttentionArguments {
  /** Whether weights are averaged over the heads; true unless given. */
  readonly averageAttentionWeights?: boolean;
}

const tableWithWeights: OptionTable<MultiHeadAttentionWithWeightsArguments> = {
  ...headsTable,
  averageAttentionWeights: option(ranges.flag, true),
};

/**
 * Attention in several subspaces at once: each head attends with its own `features / heads` consecutive
 * features of the projected query, key and value; the heads are joined and projected once more.
 *
 * A query that may look nowhere has zeros before the last projection, and so gives its bias.
 *
 * @param query `[..., queries, in]`
 * @param key `[..., keys, in]`
 * @param value `[..., keys, in]`
 * @param heads number of heads, a divisor of `features`
 * @param options a mask broadcasts to `[..., heads, queries, keys]`
 * @returns `[..., queries, features]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} when `heads` does not divide `features`
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; QK-norm: Henry et al. 2020, https://arxiv.org/abs/2010.04245
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const weights = { inProjWeight: cat([zeros([4, 2]), eye(2)]), outProjWeight: eye(2) };
 * multiHeadAttention(x, x, x, 2, weights).toArray(); // => [[2, 3], [2, 3]]
 * const first = tensor([1, 0]).ne(0);
 * multiHeadAttention(x, x, x, 2, weights, { keyPaddingMask: first }).toArray(); // => [[1, 2], [1, 2]]
 */
export function multiHeadAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  weights: AttentionWeights,
  options: MultiHeadAttentionArguments = {},
): Tensor {
  const fn = "multiHeadAttention";
  return attendByHeads(fn, { query, key, value }, heads, weights, settleOptions(fn, options, headsTable)).output;
}

/**
 * {@link multiHeadAttention}, and by which weights the values were averaged: the mean of all heads, or those of each.
 *
 * @returns the output, and weights `[..., queries, keys]`, or `[..., heads, queries, keys]` unless they are averaged; keys
 *   that were added, that of `biasK` and then that of zeros, come last
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const weights = { inProjWeight: cat([zeros([4, 2]), eye(2)]), outProjWeight: eye(2) };
 * multiHeadAttentionWithWeights(x, x, x, 2, weights).weights.toArray(); // => [[0.5, 0.5], [0.5, 0.5]]
 */
export function multiHeadAttentionWithWeights(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  weights: AttentionWeights,
  options: MultiHeadAttentionWithWeightsArguments = {},
): Attended {
  const fn = "multiHeadAttentionWithWeights";
  const { averageAttentionWeights, ...others } = settleOptions(fn, options, tableWithWeights);
  const attended = attendByHeads(fn, { query, key, value }, heads, weights, others);
  return averageAttentionWeights ? averageHeads(attended) : attended;
}

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions extends Pick<
  RecurrentOptions,
  "batchFirst" | "bias" | "generator" | "dtype"
> {
  /** Features of a key; those of the query unless given. */
  readonly keyFeatures?: number | undefined;
  /** Features of a value; those of the query unless given. */
  readonly valueFeatures?: number | undefined;
  /** Whether query i may only look at keys 0 to i; false unless given. */
  readonly causal?: boolean;
  /** Probability of dropping an attention weight, in training; 0 unless given. */
  readonly dropout?: number;
  /** Whether one more key and value, which are trained, stand behind the others; false unless given. */
  readonly addBiasKV?: boolean;
  /** Whether one more key and value of zeros stand behind all others; false unless given. */
  readonly addZeroAttention?: boolean;
  /**
   * What the trained scale g of QK-norm, whose scores are `g·q̂·k̂`, is at first; Henry et al. 2020 take log₂(L² − L) for sequences of L. No norm unless given.
   */
  readonly qkScale?: number | undefined;
  /** Turns queries and keys of every head by their positions: a `RotaryEmbedding(features / heads)`. None unless given. */
  readonly rotary?: RotaryEmbedding | undefined;
}

const { bias, batchFirst, generator, dtype } = recurrentTable;
/** Options of {@link MultiHeadAttention}, row by row. */
export const attentionTable: OptionTable<MultiHeadAttentionOptions> = {
  bias,
  keyFeatures: optional(ranges.extent),
  valueFeatures: optional(ranges.extent),
  causal: option(ranges.flag, false),
  batchFirst,
  dropout: option(ranges.unit, 0),
  addBiasKV: option(ranges.flag, false),
  addZeroAttention: option(ranges.flag, false),
  qkScale: optional(ranges.finite),
  rotary: optional(ranges.instanceOf(RotaryEmbedding)),
  generator,
  dtype,
};

/** What {@link MultiHeadAttention} can be asked for besides its output. */
export interface AttentionWeightsOptions extends AttentionMasks {
  /** Whether weights are averaged over the heads; true unless given. */
  readonly averageAttentionWeights?: boolean;
}

const weightsTable: OptionTable<AttentionWeightsOptions> = {
  ...masksTable,
  averageAttentionWeights: option(ranges.flag, true),
};

/**
 * {@link multiHeadAttention} as a layer: of a sequence to itself unless keys are given.
 *
 * Sequences are `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`; a mask broadcasts
 * to `[batch, heads, queries, keys]`, and `keyPaddingMask` is `[batch, keys]` either way. A query that may look nowhere gives the
 * bias of the last projection.
 *
 * @example
 * const attention = new MultiHeadAttention(8, 2, { causal: true, batchFirst: true });
 * const x = randn([4, 5, 8]);
 * attention.forward(x).shape; // => [4, 5, 8]
 * Object.keys(attention.stateDict()); // => ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
 * const keyPaddingMask = ones([4, 5], { dtype: "bool" }); // true where a key counts
 * attention.forwardWithWeights(x, x, x, { keyPaddingMask }).weights.shape; // => [4, 5, 5]
 */
export class MultiHeadAttention extends AttentionLayer<MultiHeadAttentionOptions> {
  static override readonly name: string = "MultiHeadAttention";
  /** Features of queries and outputs. */
  readonly features: number;
  /** How many heads share the features. */
  readonly heads: number;
  /** Projections of query, key and value, `[3·features, features]`, if all have the same features */
  inProjWeight: Parameter | undefined;
  /** `[features, features]`, if keys or values have other features */
  qProjWeight: Parameter | undefined;
  /** `[features, keyFeatures]`, if keys or values have other features */
  kProjWeight: Parameter | undefined;
  /** `[features, valueFeatures]`, if keys or values have other features */
  vProjWeight: Parameter | undefined;
  /** `[3·features]` */
  inProjBias: Parameter | undefined;
  /** The key that is added, `[1, 1, features]`, if `addBiasKV` */
  biasK: Parameter | undefined;
  /** The value that is added, `[1, 1, features]`, if `addBiasKV` */
  biasV: Parameter | undefined;
  /** Projection of the joined heads */
  readonly outProj: Dense;
  /** Scale of QK-norm, of no axes */
  qkScale: Parameter | undefined;
  /** What turns queries and keys, if anything does. */
  readonly rotary: RotaryEmbedding | undefined;

  constructor(features: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    super(options, attentionTable, [features, `heads=${formatValue(heads)}`]);
    expectValue("MultiHeadAttention", "features", features, ranges.extent);
    checkHeads("MultiHeadAttention", heads, features);
    const {
      bias,
      keyFeatures = features,
      valueFeatures = features,
      addBiasKV,
      qkScale,
      rotary,
      generator,
      dtype,
    } = this.options;
    if (rotary !== undefined && rotary.features !== features / heads) {
      throw new ShapeError(
        `MultiHeadAttention: expected rotary of the ${features / heads} features of a head, got ${rotary.features}.`,
      );
    }
    this.features = features;
    this.heads = heads;
    const draw = (rows: number, columns: number): Parameter =>
      xavierUniform(new Parameter(zeros([rows, columns], { dtype })), { generator });
    const stacked = keyFeatures === features && valueFeatures === features;
    this.inProjWeight = stacked ? draw(3 * features, features) : undefined;
    this.qProjWeight = stacked ? undefined : draw(features, features);
    this.kProjWeight = stacked ? undefined : draw(features, keyFeatures);
    this.vProjWeight = stacked ? undefined : draw(features, valueFeatures);
    this.inProjBias = bias ? new Parameter(zeros([3 * features], { dtype })) : undefined;
    const added = (): Parameter => xavierNormal(new Parameter(zeros([1, 1, features], { dtype })), { generator });
    this.biasK = addBiasKV ? added() : undefined;
    this.biasV = addBiasKV ? added() : undefined;
    this.outProj = new Dense(features, features, { bias, biasInit: "zeros", generator, dtype });
    this.qkScale = qkScale === undefined ? undefined : new Parameter(full([], qkScale, { dtype }));
    this.rotary = rotary;
  }

  /**
   * What `forward` gives, and by which weights the values were averaged: PyTorch's `need_weights`. Hooks of the module do not run.
   *
   * @param key `query` unless given
   * @param value `key` unless given
   * @returns the output, and weights `[batch, queries, keys]`, or `[batch, heads, queries, keys]` unless they are averaged,
   *   whatever `batchFirst` says; without the batch if there is none. Keys that were added come last
   */
  override forwardWithWeights(
    query: Tensor,
    key: Tensor = query,
    value: Tensor = key,
    options: AttentionWeightsOptions = {},
  ): Attended {
    const attended = this.attendTo({ query, key, value }, options, weightsTable);
    return options.averageAttentionWeights === false ? attended : averageHeads(attended);
  }

  protected override attend(
    { query, key, value }: AttentionInputs,
    { mask, keyPaddingMask, queryMask }: AttentionMasks,
  ): Attended {
    const { batchFirst, causal, dropout: rate, addZeroAttention, generator } = this.options;
    const swap = (x: Tensor): Tensor => (batchFirst || x.ndim < 3 ? x : x.transpose(0, 1));
    const q = swap(query);
    const k = key === query ? q : swap(key);
    const v = value === key ? k : swap(value);
    const { heads, training, inProjBias, outProj, biasK, biasV, qkScale, rotary } = this;
    const inProjWeight =
      this.inProjWeight ?? ([this.qProjWeight, this.kProjWeight, this.vProjWeight] as [Tensor, Tensor, Tensor]);
    const weights = {
      inProjWeight,
      inProjBias,
      outProjWeight: outProj.weight,
      outProjBias: outProj.bias,
      biasK,
      biasV,
      qkScale,
    };
    const { output, weights: by } = attendByHeads(
      "MultiHeadAttention",
      { query: q, key: k, value: v },
      heads,
      weights,
      {
        ...{ mask, keyPaddingMask, queryMask, causal, rate, training, addZeroAttention, generator, scale: undefined },
        rotary: rotary && ((x) => rotary.forward(x)),
      },
    );
    return { output: swap(output), weights: by };
  }
}
