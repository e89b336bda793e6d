import { ones, Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { Parameter } from "../module/parameter.ts";
import type { Attended, AttentionInputs, Score } from "./attend.ts";
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
import { dotProduct } from "./scaled-dot-product-attention.ts";

/** What makes a score of a query and a key. */
export type ScoreMode = "dot" | "concat";

/** Options of {@link attention}. */
export interface LuongAttentionArguments extends QueryAttentionArguments {
  /** "dot" for `s·q·k`, "concat" for `w·Σ tanh(s·(q + k))`; "dot" unless given. */
  readonly scoreMode?: ScoreMode;
  /** s, of no axes; 1 unless given. */
  readonly scale?: Tensor | undefined;
  /** w of the mode "concat", of no axes; 1 unless given. */
  readonly concatScoreWeight?: Tensor | undefined;
}

const scoreMode = option(ranges.oneOf("dot", "concat"), "dot");
const argumentTable: OptionTable<LuongAttentionArguments> = {
  ...queryAttentionTable,
  scoreMode,
  scale: optional(ranges.instanceOf(Tensor)),
  concatScoreWeight: optional(ranges.instanceOf(Tensor)),
};

/**
 * Averages of values, weighted by the softmax of products of queries and keys, which are not divided by √features:
 * `softmax(s·Q·Kᵀ)·V`, or by `softmax(w·Σ tanh(s·(q + k)))`.
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
 * @see Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025
 * @example
 * const x = tensor([[1, 0], [0, 1]]);
 * attention(x, x, x, { keyPaddingMask: tensor([1, 0]).ne(0) }).toArray(); // => [[1, 0], [1, 0]]
 * new Attention({ scoreMode: "concat" }).forward(x, x, x, undefined, tensor([1, 0]).ne(0)).toArray(); // => [[1, 0], [1, 0]]
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: LuongAttentionArguments = {}): Tensor {
  return attendByProduct("attention", { query, key, value }, options).output;
}

function attendByProduct(fn: string, inputs: AttentionInputs, given: LuongAttentionArguments): Attended {
  const { scoreMode, scale, concatScoreWeight, ...options } = settleOptions(fn, given, argumentTable);
  checkVector(fn, "scale", scale, []);
  checkVector(fn, "concatScoreWeight", concatScoreWeight, []);
  const by = (x: Tensor, factor: Tensor | undefined): Tensor => (factor === undefined ? x : x.mul(factor));
  const score: Score = (q, k) => {
    checkDTypes(fn, { query: q, scale, concatScoreWeight });
    if (scoreMode === "dot") return dotProduct(1)(by(q, scale), k);
    return by(
      sumOfPairs(q, k, (sum) => by(sum, scale).tanh()),
      concatScoreWeight,
    );
  };
  return attendByScore(fn, inputs, score, options);
}

/** Options of {@link Attention}. */
export interface AttentionOptions extends QueryAttentionOptions {
  /** Whether there is a trained scale s of the scores, 1 at first; false unless given. */
  readonly useScale?: boolean;
  /** "dot" for `s·q·k`, "concat" for `w·Σ tanh(s·(q + k))` with a trained w, 1 at first; "dot" unless given. */
  readonly scoreMode?: ScoreMode;
}

const table: OptionTable<AttentionOptions> = {
  useScale: option(ranges.flag, false),
  scoreMode,
  ...queryAttentionLayerTable,
};

/**
 * {@link attention} as a layer, Keras' `Attention`: of `[..., queries, features]` to `[..., keys, features]`, the batch first.
 *
 * @example
 * const attention = new Attention({ useScale: true });
 * const [query, value] = [randn([2, 3, 4]), randn([2, 5, 4])];
 * attention.forward(query, value).shape; // => [2, 3, 4]
 * attention.forwardWithWeights(query, value).weights.shape; // => [2, 3, 5]
 * Object.keys(attention.stateDict()); // => ["scale"]
 */
export class Attention extends AttentionLayer<AttentionOptions> {
  static override readonly name: string = "Attention";
  /** s, of no axes, if `useScale` */
  scale: Parameter | undefined;
  /** w, of no axes, in the mode "concat" */
  concatScoreWeight: Parameter | undefined;

  constructor(options: AttentionOptions = {}) {
    super(options, table);
    const { useScale, scoreMode, dtype } = this.options;
    this.scale = useScale ? new Parameter(ones([], { dtype })) : undefined;
    this.concatScoreWeight = scoreMode === "concat" ? new Parameter(ones([], { dtype })) : undefined;
  }

  protected override attend(inputs: AttentionInputs, masks: AttentionMasks): Attended {
    const { scoreMode, causal, dropout: rate, generator } = this.options;
    const { scale, concatScoreWeight, training } = this;
    const parameters = { scoreMode, scale, concatScoreWeight };
    return attendByProduct("Attention", inputs, { ...masks, ...parameters, causal, rate, training, generator });
  }
}
