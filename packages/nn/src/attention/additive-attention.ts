import { ShapeError, Tensor, zeros } from "@tapegrad/tensor";
import {
  expectValue,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { uniform } from "../init/fill.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { Parameter } from "../module/parameter.ts";
import type { Attended, AttentionInputs } from "./attend.ts";
import type { AttentionMasks } from "./attention-arguments.ts";
import { AttentionLayer } from "./attention-layer.ts";
import {
  attendByScore,
  type QueryAttentionArguments,
  queryAttentionLayerTable,
  type QueryAttentionOptions,
  queryAttentionTable,
  sumOfPairs,
} from "./query-attention.ts";

/** Options of {@link additiveAttention}. */
export interface AdditiveAttentionArguments extends QueryAttentionArguments {
  /** v, `[features]`; ones unless given. */
  readonly scale?: Tensor | undefined;
}

const argumentTable: OptionTable<AdditiveAttentionArguments> = {
  ...queryAttentionTable,
  scale: optional(ranges.instanceOf(Tensor)),
};

/**
 * Averages of values, weighted by the softmax of `Σᵢ vᵢ·tanh(qᵢ + kᵢ)`: Bahdanau's attention, whose projections of query and
 * key are up to the caller.
 *
 * A query that may look nowhere, or does not count, gives zeros. Queries, keys and values come in this order, where Keras has
 * query, value and key.
 *
 * @param query `[..., queries, features]`
 * @param key `[..., keys, features]`
 * @param value `[..., keys, valueFeatures]`
 * @param options `keyPaddingMask` is **true where a key counts**, and Keras' `value_mask`; `queryMask` is true where a query counts
 * @returns `[..., queries, valueFeatures]`, in the promoted dtype; integers become float32
 * @throws {ShapeError} when shapes do not fit together
 * @see Bahdanau, Cho and Bengio 2014, https://arxiv.org/abs/1409.0473
 * @example
 * const [query, key] = [tensor([[1, 0]]), tensor([[0, 1], [1, 0]])];
 * additiveAttention(query, key, tensor([[1], [3]])).toArray(); // => [[1.7275]]
 */
export function additiveAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AdditiveAttentionArguments = {},
): Tensor {
  return attendBySum("additiveAttention", { query, key, value }, options).output;
}

function attendBySum(fn: string, inputs: AttentionInputs, given: AdditiveAttentionArguments): Attended {
  const { scale, ...options } = settleOptions(fn, given, argumentTable);
  return attendByScore(
    fn,
    inputs,
    (q, k) => {
      checkVector(fn, "scale", scale, [q.shape.at(-1)!]);
      checkDTypes(fn, { query: q, scale });
      return sumOfPairs(q, k, (sum) => (scale === undefined ? sum.tanh() : sum.tanh().mul(scale)));
    },
    options,
  );
}

/** Options of {@link AdditiveAttention}. */
export interface AdditiveAttentionOptions extends QueryAttentionOptions {
  /** Whether the tanh of every feature has a trained factor; true unless given. */
  readonly useScale?: boolean;
}

const table: OptionTable<AdditiveAttentionOptions> = {
  useScale: option(ranges.flag, true),
  ...queryAttentionLayerTable,
};

/**
 * {@link additiveAttention} as a layer, Keras' `AdditiveAttention`: of `[..., queries, features]` to `[..., keys, features]`, the
 * batch first. The scale begins as U(±√(3/features)), Keras' `glorot_uniform` of a vector.
 *
 * @param features of queries and keys
 * @example
 * const attention = new AdditiveAttention(4);
 * attention.forward(randn([2, 3, 4]), randn([2, 5, 4])).shape; // => [2, 3, 4]
 * attention.scale?.shape; // => [4]
 */
export class AdditiveAttention extends AttentionLayer<AdditiveAttentionOptions> {
  static override readonly name: string = "AdditiveAttention";
  /** Features of queries and keys. */
  readonly features: number;
  /** v, `[features]`, if `useScale` */
  scale: Parameter | undefined;

  constructor(features: number, options: AdditiveAttentionOptions = {}) {
    super(options, table, [features]);
    expectValue("AdditiveAttention", "features", features, ranges.extent);
    const { useScale, generator, dtype } = this.options;
    this.features = features;
    const bound = Math.sqrt(3 / features);
    this.scale = useScale
      ? uniform(new Parameter(zeros([features], { dtype })), { low: -bound, high: bound, generator })
      : undefined;
  }

  protected override attend(inputs: AttentionInputs, masks: AttentionMasks): Attended {
    for (const [name, x] of Object.entries({ query: inputs.query, key: inputs.key })) {
      if (x.shape.at(-1) === this.features) continue;
      throw new ShapeError(
        `AdditiveAttention: expected ${name} of shape [..., ${this.features}], got ${formatShape(x.shape)}.`,
      );
    }
    const { causal, dropout: rate, generator } = this.options;
    const { scale, training } = this;
    return attendBySum("AdditiveAttention", inputs, { ...masks, scale, causal, rate, training, generator });
  }
}
