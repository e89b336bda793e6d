import type { Tensor } from "@tapegrad/tensor";
import { checkOptions, expectNothing, expectTensor, type OptionTable } from "@tapegrad/tensor/internal";
import type { Dense } from "../dense/dense.ts";
import { maskRow } from "../module/expect-mask.ts";
import type { OptionsOf } from "../module/options-of.ts";
import type { LayerNorm } from "../norms/activation/layer-norm.ts";
import type { MultiHeadAttention } from "./multi-head-attention.ts";
import {
  TransformerLayer,
  type TransformerLayerOptions,
  transformerParts,
  transformerTable,
} from "./transformer-layer.ts";

/** Options of {@link TransformerDecoderLayer}. */
export interface TransformerDecoderLayerOptions extends TransformerLayerOptions {}

/** Masks of a decoder. Those of bools are **true where one may look, or where an element counts**: PyTorch's are the inverse. */
export interface DecoderMasks {
  /** Which positions of the target may look at which; broadcasts to `[batch, heads, time, time]`. */
  readonly tgtMask?: Tensor | undefined;
  /** Which positions of the target may look at which of the memory; broadcasts to `[batch, heads, time, memory]`. */
  readonly memoryMask?: Tensor | undefined;
  /** Which positions of the target count, `[batch, time]`. */
  readonly tgtKeyPaddingMask?: Tensor | undefined;
  /** Which positions of the memory count, `[batch, memory]`. */
  readonly memoryKeyPaddingMask?: Tensor | undefined;
}

const { mask } = maskRow;
/** {@link DecoderMasks}, row by row. */
export const decoderMasks: OptionTable<DecoderMasks> = {
  tgtMask: mask,
  memoryMask: mask,
  tgtKeyPaddingMask: mask,
  memoryKeyPaddingMask: mask,
};

/**
 * Attention of a target to itself, attention to a memory, which an encoder made, and two dense layers, each with a residual connection
 * and a LayerNorm:
 *
 * ```
 * x = norm1(x + attention(x));  x = norm2(x + attention(x, memory));  x = norm3(x + dense(x))        unless normFirst
 * x = x + attention(norm1(x));  x = x + attention(norm2(x), memory);  x = x + dense(norm3(x))        if normFirst
 * ```
 *
 * With `causal`, a position of the target may not look at later ones; of the memory it sees all.
 *
 * @param features of every position, of target and memory
 * @param heads a divisor of `features`
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; `normFirst`: Xiong et al. 2020, https://arxiv.org/abs/2002.04745
 * @example
 * const layer = new TransformerDecoderLayer(8, 2, { hiddenFeatures: 16, causal: true });
 * layer.forward(randn([5, 4, 8]), randn([7, 4, 8])).shape; // => [5, 4, 8]
 * Object.keys(layer.stateDict()).slice(4, 6); // => ["multihead_attn.in_proj_weight", "multihead_attn.in_proj_bias"]
 */
export class TransformerDecoderLayer extends TransformerLayer<
  TransformerDecoderLayerOptions,
  [tgt: Tensor, memory: Tensor, masks?: DecoderMasks]
> {
  static override readonly name: string = "TransformerDecoderLayer";
  /** Attention of the target to itself. */
  readonly selfAttn: MultiHeadAttention;
  /** Attention of the target to the memory. */
  readonly multiheadAttn: MultiHeadAttention;
  /** From the features to the hidden ones. */
  readonly linear1: Dense;
  /** From the hidden features back. */
  readonly linear2: Dense;
  /** Norm of the block of attention to itself. */
  readonly norm1: LayerNorm;
  /** Norm of the block of attention to the memory. */
  readonly norm2: LayerNorm;
  /** Norm of the dense block. */
  readonly norm3: LayerNorm;

  constructor(features: number, heads: number, options: TransformerDecoderLayerOptions & OptionsOf<"LayerNorm"> = {}) {
    super(features, heads, options, transformerTable);
    const { hiddenFeatures, causal } = this.options;
    const { attention, dense, norm } = transformerParts(this.options);
    this.selfAttn = attention(features, heads, causal);
    this.multiheadAttn = attention(features, heads, false);
    this.linear1 = dense(features, hiddenFeatures);
    this.linear2 = dense(hiddenFeatures, features);
    this.norm1 = norm(features);
    this.norm2 = norm(features);
    this.norm3 = norm(features);
  }

  /**
   * @param tgt `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param memory laid out as `tgt`
   * @returns as `tgt`
   */
  override forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}, ...none: []): Tensor {
    const fn = "TransformerDecoderLayer.forward";
    expectNothing(fn, none);
    expectTensor(fn, "tgt", tgt);
    expectTensor(fn, "memory", memory);
    checkOptions(fn, masks, decoderMasks);
    const { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask } = masks;
    const { selfAttn, multiheadAttn, linear1, linear2, norm1, norm2, norm3 } = this;
    const x = this.around(tgt, norm1, (t) => selfAttn.forward(t, t, t, tgtMask, tgtKeyPaddingMask));
    const y = this.around(x, norm2, (t) => multiheadAttn.forward(t, memory, memory, memoryMask, memoryKeyPaddingMask));
    return this.around(y, norm3, (t) => this.transform(t, linear1, linear2));
  }
}
