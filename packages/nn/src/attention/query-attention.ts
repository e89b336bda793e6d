import { type Tensor, where } from "@tapegrad/tensor";
import { isFloat, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type RecurrentOptions, recurrentTable } from "../recurrent/recurrent.ts";
import { attend, type Attended, type AttentionInputs, type Score, scoresOf } from "./attend.ts";
import { type AttentionArguments, attentionArguments, type PaddingMasks, paddingTable } from "./attention-arguments.ts";
import { joinMasks } from "./join-masks.ts";

/** Options that `attention` and `additiveAttention` share. */
export interface QueryAttentionArguments extends Omit<AttentionArguments, "scale">, PaddingMasks {}

const { scale: _, ...withoutScale } = attentionArguments;
/** {@link QueryAttentionArguments}, row by row. */
export const queryAttentionTable: OptionTable<QueryAttentionArguments> = { ...withoutScale, ...paddingTable };

/** Options that the layers `Attention` and `AdditiveAttention` share. */
export interface QueryAttentionOptions extends Pick<RecurrentOptions, "generator" | "dtype"> {
  /** Whether query i may only look at keys 0 to i; false unless given. */
  readonly causal?: boolean;
  /** Probability of dropping an attention weight, in training; 0 unless given. */
  readonly dropout?: number;
}

const { generator, dtype } = recurrentTable;
/** {@link QueryAttentionOptions}, row by row. */
export const queryAttentionLayerTable: OptionTable<QueryAttentionOptions> = {
  causal: option(ranges.flag, false),
  dropout: option(ranges.unit, 0),
  generator,
  dtype,
};

/**
 * Attention by any score, where a query that does not count gives zeros. Its weights are those that it would have if it
 * did, as in Keras; what is not finite in it is taken as 0, so that it reaches no gradient.
 */
export function attendByScore(
  fn: string,
  inputs: AttentionInputs,
  score: Score,
  { queryMask, ...options }: Required<QueryAttentionArguments>,
): Attended {
  const { query, key, value } = inputs;
  const scores = scoresOf(fn, inputs);
  joinMasks(fn, { queryMask }, scores, 0);
  const mask = joinMasks(fn, options, scores, 0);
  const counts = queryMask?.unsqueeze(-1); // [..., queries, 1]
  const safe =
    counts === undefined || !isFloat(query.dtype)
      ? query
      : where(counts.logicalOr(query.detach().abs().lt(Infinity)), query, 0);
  const attended = attend({ query: safe, key, value }, score, scores, { ...options, mask });
  return counts === undefined ? attended : { ...attended, output: where(counts, attended.output, 0) };
}

/** `Σ f(query + key)` over the features, for each pair. */
export function sumOfPairs(query: Tensor, key: Tensor, f: (sum: Tensor) => Tensor): Tensor {
  return f(query.unsqueeze(-2).add(key.unsqueeze(-3))).sum({ axis: -1 });
}
