import type { Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { maskRow } from "../module/expect-mask.ts";

/** Options that the functions of attention share. */
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
  ...maskRow,
  causal: option(ranges.flag, false),
  scale: optional(ranges.finite),
  rate: option(ranges.unit, 0),
  training: option(ranges.flag, true),
  ...randomTable,
};

/**
 * Which queries and keys count, by places. **True means that one counts**, as everywhere here and in Keras: a
 * `key_padding_mask` of PyTorch, which is true where one is to be ignored, is `mask.logicalNot()` here.
 */
export interface PaddingMasks {
  /**
   * Bools, **true where a key counts** (the inverse of PyTorch's `key_padding_mask`; Keras' `value_mask` and `key_mask`), or
   * floats that are added to the scores. `[batch, keys]`, or `[keys]` without a batch, whatever `batchFirst` says.
   */
  readonly keyPaddingMask?: Tensor | undefined;
  /** Bools, **true where a query counts** (Keras' `query_mask`): `[batch, queries]`, or `[queries]` without a batch. */
  readonly queryMask?: Tensor | undefined;
}

/** {@link PaddingMasks}, row by row. */
export const paddingTable: OptionTable<PaddingMasks> = { keyPaddingMask: maskRow.mask, queryMask: maskRow.mask };

/** All that says which query may look at which key. */
export interface AttentionMasks extends PaddingMasks, Pick<AttentionArguments, "mask"> {}

/** {@link AttentionMasks}, row by row. */
export const masksTable: OptionTable<AttentionMasks> = { ...maskRow, ...paddingTable };
