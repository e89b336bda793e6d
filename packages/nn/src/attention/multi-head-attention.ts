import { chunk, full, type Shape, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  broadcastShapes,
  checkOptions,
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  expectTensors,
  expectValue,
  formatShape,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { Dense, linear } from "../dense/dense.ts";
import { xavierUniform } from "../init/variance-scaling.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { normalize } from "../norms/activation/normalize.ts";
import { checkVector } from "../module/check-vector.ts";
import { checkInputs, checkWeights } from "./check-attention.ts";
import { type RecurrentOptions, recurrentTable } from "../recurrent/recurrent.ts";
import {
  attentionArguments,
  type AttentionArguments,
  scaledDotProductAttention,
} from "./scaled-dot-product-attention.ts";
import { checkMask, hideUnseen, visibleKeys } from "./visible-keys.ts";

/** Weights of {@link multiHeadAttention}. */
export interface AttentionWeights {
  /** Projections of query, key and value: stacked as `[3·features, features]`, or one by one as `[features, in]`. */
  readonly inProjWeight: Tensor | readonly [query: Tensor, key: Tensor, value: Tensor];
  /** `[3·features]`; none unless given */
  readonly inProjBias?: Tensor | undefined;
  /** Projection of the joined heads, `[features, features]` */
  readonly outProjWeight: Tensor;
  /** `[features]`; none unless given */
  readonly outProjBias?: Tensor | undefined;
  /**
   * Scale g of QK-norm, of no axes: queries and keys of every head get length 1, and scores are `g·q̂·k̂`, times `scale` if that is given. No norm unless given.
   */
  readonly qkScale?: Tensor | undefined;
}

/**
 * Attention in several subspaces at once: each head attends with its own `features / heads` consecutive
 * features of the projected query, key and value; the heads are joined and projected once more.
 *
 * @param query `[..., queries, in]`
 * @param key `[..., keys, in]`
 * @param value `[..., keys, in]`
 * @param heads number of heads, a divisor of `features`
 * @param options as those of `scaledDotProductAttention`; a mask broadcasts to `[..., heads, queries, keys]`
 * @returns `[..., queries, features]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} when `heads` does not divide `features`
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; QK-norm: Henry et al. 2020, https://arxiv.org/abs/2010.04245
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const weights = { inProjWeight: cat([zeros([4, 2]), eye(2)]), outProjWeight: eye(2) };
 * multiHeadAttention(x, x, x, 2, weights).toArray(); // => [[2, 3], [2, 3]]
 */
export function multiHeadAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  weights: AttentionWeights,
  options: AttentionArguments = {},
): Tensor {
  expectTensor("multiHeadAttention", "query", query);
  expectTensor("multiHeadAttention", "key", key);
  expectTensor("multiHeadAttention", "value", value);
  checkOptions("multiHeadAttention", options, attentionArguments);
  expectValue("multiHeadAttention", "weights", weights, ranges.record);
  checkWeights(weights);
  const features = weights.outProjWeight.shape.at(-1) ?? 0;
  checkHeads("multiHeadAttention", heads, features);
  checkInputs({ query, key, value }, weights);
  const scores = [
    ...broadcastShapes("multiHeadAttention", query.shape.slice(0, -2), key.shape.slice(0, -2)),
    heads,
    query.shape.at(-2)!,
    key.shape.at(-2)!,
  ];
  checkMask("multiHeadAttention", options.mask, scores);
  const projected = project([query, ...hidePadding(query, key, value, scores, options)], features, weights);
  const separate = (x: Tensor): Tensor =>
    x.reshape([...x.shape.slice(0, -1), heads, features / heads]).transpose(-3, -2); // [..., heads, positions, features / heads]
  const [q, k, v] = projected.map(separate) as [Tensor, Tensor, Tensor];
  const { qkScale } = weights;
  const attended =
    qkScale === undefined
      ? scaledDotProductAttention(q, k, v, options)
      : scaledDotProductAttention(unit(q).mul(qkScale), unit(k), v, { ...options, scale: options.scale ?? 1 });
  const ordered = attended.transpose(-3, -2);
  const joined = ordered.reshape([...ordered.shape.slice(0, -2), features]); // [..., queries, features]
  return linear(joined, weights.outProjWeight, weights.outProjBias);
}

/** Vectors of length 1; 0 stays 0. */
const unit = (x: Tensor): Tensor => normalize(x, { axis: -1 });

/** Throws unless `heads` divides `features`. */
export function checkHeads(fn: string, heads: number, features: number): void {
  if (!Number.isSafeInteger(heads) || heads < 1 || features % heads !== 0) {
    throw new ValueError(`${fn}: expected heads to divide ${features} features, got ${formatValue(heads)}.`);
  }
}

/**
 * Key and value with zeros where no query may look, so that no NaN there is multiplied by 0 in a gradient of the
 * projections; where they are the query they are projected with it, as they are.
 */
function hidePadding(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  scores: Shape,
  { mask, causal }: AttentionArguments,
): [key: Tensor, value: Tensor] {
  if (mask === undefined || (key === query && value === query)) return [key, value];
  const visible = visibleKeys(mask, causal === true, scores);
  const hide = (x: Tensor): Tensor =>
    x === query || visible === undefined ? x : hideUnseen(x.unsqueeze(-3), visible).squeeze(-3);
  const hidden = hide(key);
  return [hidden, value === key ? hidden : hide(value)];
}

/** Query, key and value under their projections; one product where all three are the same and stacked. */
function project(
  inputs: readonly [query: Tensor, key: Tensor, value: Tensor],
  features: number,
  { inProjWeight, inProjBias }: AttentionWeights,
): readonly Tensor[] {
  const fn = "multiHeadAttention";
  checkVector(fn, "inProjBias", inProjBias, [3 * features]);
  const stacked = "shape" in inProjWeight ? inProjWeight : undefined;
  if (stacked !== undefined && (stacked.ndim !== 2 || stacked.shape[0] !== 3 * features)) {
    throw new ShapeError(
      `${fn}: expected inProjWeight of shape [${3 * features}, in], got ${formatShape(stacked.shape)}.`,
    );
  }
  const [query, key, value] = inputs;
  if (stacked !== undefined && query === key && key === value) {
    return chunk(linear(query, stacked, inProjBias), 3, -1);
  }
  const matrices = "shape" in inProjWeight ? chunk(inProjWeight, 3) : inProjWeight;
  const biases = inProjBias === undefined ? [] : chunk(inProjBias, 3);
  return inputs.map((x, i) => {
    const matrix = matrices[i]!;
    if (matrix.shape[0] !== features) {
      throw new ShapeError(`${fn}: expected projections of shape [${features}, in], got ${formatShape(matrix.shape)}.`);
    }
    return linear(x, matrix, biases[i]);
  });
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
  /**
   * What the trained scale of QK-norm is at first; Henry et al. 2020 take log₂(L² − L) for sequences of L. No norm unless given.
   */
  readonly qkScale?: number | undefined;
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
  qkScale: optional(ranges.finite),
  generator,
  dtype,
};

/**
 * {@link multiHeadAttention} as a layer: of a sequence to itself unless keys are given.
 *
 * @example
 * const attention = new MultiHeadAttention(8, 2, { causal: true, batchFirst: true });
 * attention.forward(randn([4, 5, 8])).shape; // => [4, 5, 8]
 * Object.keys(attention.stateDict()); // => ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
 */
export class MultiHeadAttention extends ConfiguredModule<MultiHeadAttentionOptions> {
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
  /** Projection of the joined heads */
  readonly outProj: Dense;
  /** Scale of QK-norm, of no axes */
  qkScale: Parameter | undefined;

  constructor(features: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    super(options, attentionTable, [features, `heads=${formatValue(heads)}`]);
    expectValue("MultiHeadAttention", "features", features, ranges.extent);
    checkHeads("MultiHeadAttention", heads, features);
    const { bias, keyFeatures = features, valueFeatures = features, qkScale, generator, dtype } = this.options;
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
    this.outProj = new Dense(features, features, { bias, biasInit: "zeros", generator, dtype });
    this.qkScale = qkScale === undefined ? undefined : new Parameter(full([], qkScale, { dtype }));
  }

  /**
   * @param query `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param key `query` unless given
   * @param value `key` unless given
   * @param mask boolean, true where a query may look at a key, or floats that are added to the scores; −∞ hides. Broadcasts to
   *   `[batch, heads, queries, keys]`. Padded keys are hidden by `valid.unsqueeze(1).unsqueeze(1)` of `[batch, keys]`.
   * @returns as `query`
   */
  override forward(query: Tensor, key: Tensor = query, value: Tensor = key, mask?: Tensor, ...none: []): Tensor {
    expectNothing("MultiHeadAttention.forward", none);
    expectTensors("MultiHeadAttention.forward", "inputs", [query, key, value]);
    expectOptionalTensor("MultiHeadAttention.forward", "mask", mask);
    const { batchFirst, causal, dropout: rate, generator } = this.options;
    const swap = (x: Tensor): Tensor => (batchFirst || x.ndim < 3 ? x : x.transpose(0, 1));
    const q = swap(query);
    const k = key === query ? q : swap(key);
    const v = value === key ? k : swap(value);
    const { heads, training, inProjBias, outProj, qkScale } = this;
    const inProjWeight =
      this.inProjWeight ?? ([this.qProjWeight, this.kProjWeight, this.vProjWeight] as [Tensor, Tensor, Tensor]);
    const weights = { inProjWeight, inProjBias, outProjWeight: outProj.weight, outProjBias: outProj.bias, qkScale };
    return swap(multiHeadAttention(q, k, v, heads, weights, { mask, causal, rate, training, generator }));
  }
}
