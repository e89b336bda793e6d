import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectOptionalTensor, expectTensor } from "@tapegrad/tensor/internal";
import type { Dense } from "../dense/dense.ts";
import type { OptionsOf } from "../module/options-of.ts";
import type { LayerNorm } from "../norms/activation/layer-norm.ts";
import type { MultiHeadAttention } from "./multi-head-attention.ts";
import {
  TransformerLayer,
  type TransformerLayerOptions,
  transformerParts,
  transformerTable,
} from "./transformer-layer.ts";

/** Options of {@link TransformerEncoderLayer}. */
export interface TransformerEncoderLayerOptions extends TransformerLayerOptions {}

/**
 * Self-attention and two dense layers, each with a residual connection and a LayerNorm:
 *
 * ```
 * x = norm1(x + attention(x));  x = norm2(x + dense(x))        unless normFirst
 * x = x + attention(norm1(x));  x = x + dense(norm2(x))        if normFirst
 * ```
 *
 * @param features of every position
 * @param heads a divisor of `features`
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; `normFirst`: Xiong et al. 2020, https://arxiv.org/abs/2002.04745
 * @example
 * const layer = new TransformerEncoderLayer(8, 2, { hiddenFeatures: 16, normFirst: true });
 * layer.forward(randn([5, 4, 8])).shape; // => [5, 4, 8]
 * Object.keys(layer.stateDict()).slice(4, 6); // => ["linear1.weight", "linear1.bias"]
 */
export class TransformerEncoderLayer extends TransformerLayer<TransformerEncoderLayerOptions> {
  static override readonly name: string = "TransformerEncoderLayer";
  /** Attention of the sequence to itself. */
  readonly selfAttn: MultiHeadAttention;
  /** From the features to the hidden ones. */
  readonly linear1: Dense;
  /** From the hidden features back. */
  readonly linear2: Dense;
  /** Norm of the block of attention. */
  readonly norm1: LayerNorm;
  /** Norm of the dense block. */
  readonly norm2: LayerNorm;

  constructor(features: number, heads: number, options: TransformerEncoderLayerOptions & OptionsOf<"LayerNorm"> = {}) {
    super(features, heads, options, transformerTable);
    const { hiddenFeatures, causal } = this.options;
    const { attention, dense, norm } = transformerParts(this.options);
    this.selfAttn = attention(features, heads, causal);
    this.linear1 = dense(features, hiddenFeatures);
    this.linear2 = dense(hiddenFeatures, features);
    this.norm1 = norm(features);
    this.norm2 = norm(features);
  }

  /**
   * @param x `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param mask as that of `MultiHeadAttention`
   * @param keyPaddingMask `[batch, time]`, **true where an element counts**, the inverse of PyTorch's `src_key_padding_mask`
   * @returns as `x`
   */
  override forward(x: Tensor, mask?: Tensor, keyPaddingMask?: Tensor, ...none: []): Tensor {
    const fn = "TransformerEncoderLayer.forward";
    expectNothing(fn, none);
    expectTensor(fn, "x", x);
    expectOptionalTensor(fn, "mask", mask);
    expectOptionalTensor(fn, "keyPaddingMask", keyPaddingMask);
    const { selfAttn, linear1, linear2, norm1, norm2 } = this;
    const y = this.around(x, norm1, (t) => selfAttn.forward(t, t, t, mask, keyPaddingMask));
    return this.around(y, norm2, (t) => this.transform(t, linear1, linear2));
  }
}
