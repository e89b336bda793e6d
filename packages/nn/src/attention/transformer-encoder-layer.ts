import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { type ActivationFunction, type ActivationName, activationOf } from "../activations/activation.ts";
import { Dense } from "../dense/dense.ts";
import { Dropout } from "../dropout/dropout.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { LayerNorm } from "../norms/activation/layer-norm.ts";
import {
  checkHeads,
  attentionTable,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./multi-head-attention.ts";

/** Options of {@link TransformerEncoderLayer}. */
export interface TransformerEncoderLayerOptions extends Pick<
  MultiHeadAttentionOptions,
  "causal" | "batchFirst" | "generator" | "dtype"
> {
  /** Features between the two dense layers, 2048 unless given. */
  readonly hiddenFeatures?: number;
  /** Between the two dense layers, a function or its name; "relu" unless given. */
  readonly activation?: ActivationName | ActivationFunction;
  /** Whether each norm stands in front of its block instead of after the sum; false unless given. */
  readonly normFirst?: boolean;
  /** Of both norms, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
  /** Whether projections, dense layers and norms have biases; true unless given. */
  readonly bias?: boolean;
  /** Probability of dropping in training: attention weights, activations and outputs of both blocks; 0.1 unless given. */
  readonly dropout?: number;
}

const { bias, causal, batchFirst, generator, dtype } = attentionTable;
const table: OptionTable<TransformerEncoderLayerOptions> = {
  hiddenFeatures: option(ranges.extent, 2048),
  activation: option(ranges.functionOrName<ActivationName | ActivationFunction>(), "relu"),
  normFirst: option(ranges.flag, false),
  eps: option(ranges.nonNegative, 1e-5),
  bias,
  causal,
  batchFirst,
  dropout: option(ranges.unit, 0.1),
  generator,
  dtype,
};

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
export class TransformerEncoderLayer extends ConfiguredModule<TransformerEncoderLayerOptions> {
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
  /** What drops outputs of both blocks. */
  readonly dropout: Dropout;
  private readonly activationFunction: ActivationFunction;

  constructor(features: number, heads: number, options: TransformerEncoderLayerOptions & OptionsOf<"LayerNorm"> = {}) {
    super(options, table);
    const { hiddenFeatures, activation, eps, bias, causal, batchFirst, dropout, generator, dtype } = this.options;
    const shared = { bias, generator, dtype };
    expectValue("TransformerEncoderLayer", "features", features, ranges.extent);
    checkHeads("TransformerEncoderLayer", heads, features);
    this.activationFunction = activationOf("TransformerEncoderLayer", activation);
    this.dropout = new Dropout(dropout, { generator });
    this.selfAttn = new MultiHeadAttention(features, heads, { ...shared, causal, batchFirst, dropout });
    this.linear1 = new Dense(features, hiddenFeatures, shared);
    this.linear2 = new Dense(hiddenFeatures, features, shared);
    this.norm1 = new LayerNorm(features, { eps, bias, dtype });
    this.norm2 = new LayerNorm(features, { eps, bias, dtype });
  }

  /**
   * @param x `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param mask as that of `MultiHeadAttention`
   * @returns as `x`
   */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("TransformerEncoderLayer.forward", none);
    expectTensor("TransformerEncoderLayer.forward", "x", x);
    expectOptionalTensor("TransformerEncoderLayer.forward", "mask", mask);
    if (this.options.normFirst) {
      const y = x.add(this.attend(this.norm1.forward(x), mask));
      return y.add(this.transform(this.norm2.forward(y)));
    }
    const y = this.norm1.forward(x.add(this.attend(x, mask)));
    return this.norm2.forward(y.add(this.transform(y)));
  }

  private attend(x: Tensor, mask: Tensor | undefined): Tensor {
    return this.dropout.forward(this.selfAttn.forward(x, x, x, mask));
  }

  private transform(x: Tensor): Tensor {
    const hidden = this.activationFunction(this.linear1.forward(x));
    return this.dropout.forward(this.linear2.forward(this.dropout.forward(hidden)));
  }
}
