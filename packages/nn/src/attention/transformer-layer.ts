import type { Tensor } from "@tapegrad/tensor";
import { expectValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ActivationFunction, type ActivationName, activationOf } from "../activations/activation.ts";
import { Dense } from "../dense/dense.ts";
import { Dropout } from "../dropout/dropout.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { LayerNorm } from "../norms/activation/layer-norm.ts";
import { checkHeads } from "./check-attention.ts";
import { attentionTable, MultiHeadAttention, type MultiHeadAttentionOptions } from "./multi-head-attention.ts";

/** Options that the layers of a Transformer share. */
export interface TransformerLayerOptions extends Pick<
  MultiHeadAttentionOptions,
  "causal" | "batchFirst" | "generator" | "dtype"
> {
  /** Features between the two dense layers, 2048 unless given. */
  readonly hiddenFeatures?: number;
  /** Between the two dense layers, a function or its name; "relu" unless given. */
  readonly activation?: ActivationName | ActivationFunction;
  /** Whether each norm stands in front of its block instead of after the sum; false unless given. */
  readonly normFirst?: boolean;
  /** Of all norms, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
  /** Whether projections, dense layers and norms have biases; true unless given. */
  readonly bias?: boolean;
  /** Probability of dropping in training: attention weights, activations and outputs of all blocks; 0.1 unless given. */
  readonly dropout?: number;
}

const { bias, causal, batchFirst, generator, dtype } = attentionTable;
/** {@link TransformerLayerOptions}, row by row. */
export const transformerTable: OptionTable<TransformerLayerOptions> = {
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

/** Throws unless features and heads are those of attention. */
export function checkWidth(fn: string, features: number, heads: number): void {
  expectValue(fn, "features", features, ranges.extent);
  checkHeads(fn, heads, features);
}

/** How the parts of a layer are made from its options. */
export function transformerParts(options: Required<TransformerLayerOptions>): {
  readonly attention: (features: number, heads: number, causal: boolean) => MultiHeadAttention;
  readonly dense: (inFeatures: number, outFeatures: number) => Dense;
  readonly norm: (features: number) => LayerNorm;
} {
  const { bias, batchFirst, dropout, eps, generator, dtype } = options;
  const shared = { bias, generator, dtype };
  return {
    attention: (features, heads, causal) =>
      new MultiHeadAttention(features, heads, { ...shared, causal, batchFirst, dropout }),
    dense: (inFeatures, outFeatures) => new Dense(inFeatures, outFeatures, shared),
    norm: (features) => new LayerNorm(features, { eps, bias, dtype }),
  };
}

/** What the layers of encoder and decoder share: how blocks are joined by sums and norms. */
export abstract class TransformerLayer<
  Options extends TransformerLayerOptions,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<Options, In> {
  static override readonly name: string = "TransformerLayer";
  /** What drops outputs of all blocks. */
  readonly dropout: Dropout;
  private readonly activationFunction: ActivationFunction;

  constructor(features: number, heads: number, options: Options, table: OptionTable<Options>) {
    super(options, table);
    checkWidth(new.target.name, features, heads);
    const { activation, dropout, generator } = this.settled;
    this.activationFunction = activationOf(new.target.name, activation);
    this.dropout = new Dropout(dropout, { generator });
  }

  // Options has all that TransformerLayerOptions has, which TypeScript does not see through Required.
  private get settled(): Required<TransformerLayerOptions> {
    return this.options as Required<TransformerLayerOptions>;
  }

  /** `norm(x + block(x))`, or `x + block(norm(x))` if `normFirst`. */
  protected around(x: Tensor, norm: LayerNorm, block: (x: Tensor) => Tensor): Tensor {
    const { normFirst } = this.settled;
    const y = this.dropout.forward(block(normFirst ? norm.forward(x) : x));
    return normFirst ? x.add(y) : norm.forward(x.add(y));
  }

  /** Two dense layers with the activation in between. */
  protected transform(x: Tensor, linear1: Dense, linear2: Dense): Tensor {
    return linear2.forward(this.dropout.forward(this.activationFunction(linear1.forward(x))));
  }
}
