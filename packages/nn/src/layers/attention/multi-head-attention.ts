import { type Generator, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkHeads, multiHeadAttention } from "../../functional/attention/multi-head-attention.ts";
import { checkRate } from "../../functional/dropout.ts";
import { source } from "../../init/fill.ts";
import { xavierUniform } from "../../init/xavier.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { Dense } from "../dense.ts";

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions {
  /** Whether the projections have biases; true unless given. */
  readonly bias?: boolean;
  /** Features of a key; those of the query unless given. */
  readonly keyFeatures?: number;
  /** Features of a value; those of the query unless given. */
  readonly valueFeatures?: number;
  /** Whether query i may only look at keys 0 to i; false unless given. */
  readonly causal?: boolean;
  /** Whether sequences are `[batch, time, features]`; `[time, batch, features]` unless given, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Probability of dropping an attention weight, in training; 0 unless given. */
  readonly dropout?: number;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

const optionNames: readonly (keyof MultiHeadAttentionOptions)[] = [
  "bias",
  "keyFeatures",
  "valueFeatures",
  "causal",
  "batchFirst",
  "dropout",
  "generator",
  "dtype",
];

/**
 * Attention in several subspaces at once, of a sequence to itself unless keys are given: see `functional.multiHeadAttention`.
 *
 * @param features of a query and of the output
 * @param heads a divisor of `features`
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} when `heads` does not divide `features`
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * @example
 * ```ts
 * const attention = new MultiHeadAttention(8, 2, { causal: true, batchFirst: true });
 * attention.forward(randn([4, 5, 8])).shape; // => [4, 5, 8]
 * Object.keys(attention.stateDict()); // => ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
 * ```
 */
export class MultiHeadAttention extends Module {
  readonly features: number;
  readonly heads: number;
  readonly causal: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  /** Projections of query, key and value, `[3·features, features]`, if all have the same features */
  readonly inProjWeight: Parameter | undefined;
  /** `[features, features]`, if keys or values have other features */
  readonly qProjWeight: Parameter | undefined;
  /** `[features, keyFeatures]`, if keys or values have other features */
  readonly kProjWeight: Parameter | undefined;
  /** `[features, valueFeatures]`, if keys or values have other features */
  readonly vProjWeight: Parameter | undefined;
  /** `[3·features]` */
  readonly inProjBias: Parameter | undefined;
  /** Projection of the joined heads */
  readonly outProj: Dense;
  readonly #options: MultiHeadAttentionOptions;

  constructor(features: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    super();
    checkOptions("MultiHeadAttention", options, optionNames);
    const { bias = true, keyFeatures = features, valueFeatures = features, dtype = "float32" } = options;
    for (const [name, extent] of Object.entries({ features, keyFeatures, valueFeatures })) {
      checkFeatures("MultiHeadAttention", name, extent);
    }
    checkHeads("MultiHeadAttention", heads, features);
    checkRate("MultiHeadAttention", options.dropout ?? 0);
    checkFloatDType("MultiHeadAttention", dtype);
    this.features = features;
    this.heads = heads;
    this.causal = options.causal ?? false;
    this.batchFirst = options.batchFirst ?? false;
    this.dropout = options.dropout ?? 0;
    const random = source(options);
    const draw = (rows: number, columns: number): Parameter =>
      xavierUniform(new Parameter(zeros([rows, columns], { dtype })), random);
    const stacked = keyFeatures === features && valueFeatures === features;
    this.inProjWeight = stacked ? draw(3 * features, features) : undefined;
    this.qProjWeight = stacked ? undefined : draw(features, features);
    this.kProjWeight = stacked ? undefined : draw(features, keyFeatures);
    this.vProjWeight = stacked ? undefined : draw(features, valueFeatures);
    this.inProjBias = bias ? new Parameter(zeros([3 * features], { dtype })) : undefined;
    this.outProj = new Dense(features, features, { bias, biasInit: "zeros", dtype, ...random });
    this.#options = options;
  }

  /**
   * @param query `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param key `query` unless given
   * @param value `key` unless given
   * @param mask boolean, true where a query may look at a key, or floats that are added to the scores; broadcasts to
   *   `[batch, heads, queries, keys]`. Padded keys are hidden by `valid.unsqueeze(1).unsqueeze(1)` of `[batch, keys]`.
   * @returns as `query`
   */
  override forward(query: Tensor, key: Tensor = query, value: Tensor = key, mask?: Tensor): Tensor {
    const swap = (x: Tensor): Tensor => (this.batchFirst || x.ndim < 3 ? x : x.transpose(0, 1));
    const q = swap(query);
    const k = key === query ? q : swap(key);
    const v = value === key ? k : swap(value);
    const inProjWeight =
      this.inProjWeight ?? ([this.qProjWeight, this.kProjWeight, this.vProjWeight] as [Tensor, Tensor, Tensor]);
    const weights = {
      inProjWeight,
      inProjBias: this.inProjBias,
      outProjWeight: this.outProj.weight,
      outProjBias: this.outProj.bias,
    };
    const y = multiHeadAttention(q, k, v, this.heads, weights, {
      mask,
      causal: this.causal,
      rate: this.dropout,
      training: this.training,
      ...source(this.#options),
    });
    return swap(y);
  }

  override details(): string {
    const flags = (["causal", "batchFirst"] as const).filter((name) => this[name]);
    return `${this.features}, heads=${this.heads}${flags.map((name) => `, ${name}=true`).join("")}`;
  }
}
